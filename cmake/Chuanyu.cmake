# One place for compiler settings and the four helpers every folder uses:
#   chuanyu_library(NAME SRCS ... DEPS ...)   a static library chuanyu_NAME
#   chuanyu_binary(NAME SRCS ... DEPS ...)    a program NAME in build/bin
#   chuanyu_server(NAME SRCS ... DEPS ...)    a program that serves: common/process, and its allocator
#   chuanyu_test(NAME SRCS ... DEPS ...)      a GoogleTest program, registered with ctest
# and chuanyu_register_test for tests of another kind.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()
# -g1 keeps stack traces readable at a fraction of the size and link time of -g.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")

set(SANITIZE "" CACHE STRING "address, undefined or thread: builds everything with that sanitizer")
if(SANITIZE)
  # -O1: half the compile time of -O2, and stack traces that still name the function that was inlined there.
  set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")
  add_compile_options(-fsanitize=${SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  # Debian's gRPC and protobuf are built without sanitizers, and their headers give a mutex or a map field other
  # members when they see one: both sides must agree on the layout.
  add_compile_options(-DGRPC_ASAN_SUPPRESSED -DGRPC_TSAN_SUPPRESSED -U__SANITIZE_THREAD__)
  add_link_options(-fsanitize=${SANITIZE})
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(GTest REQUIRED)
find_package(PkgConfig REQUIRED)

# What orders memory in libraries without ThreadSanitizer; itself without it, and first in the order of look-up.
if(SANITIZE STREQUAL thread)
  add_library(chuanyu_tsan_edges SHARED ${CMAKE_CURRENT_LIST_DIR}/tsan_edges.cc)
  target_compile_options(chuanyu_tsan_edges PRIVATE -fno-sanitize=thread -Wall -Wextra -Werror)
  target_link_libraries(chuanyu_tsan_edges PRIVATE ${CMAKE_DL_LIBS})
  link_libraries(chuanyu_tsan_edges)
  add_link_options($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:$<TARGET_FILE:chuanyu_tsan_edges>>)
endif()

if(SANITIZE STREQUAL "address,undefined")
  add_library(chuanyu_ubsan_reports SHARED ${CMAKE_CURRENT_LIST_DIR}/ubsan_reports.cc)
  target_compile_options(chuanyu_ubsan_reports PRIVATE -fno-sanitize=all -Wall -Wextra -Werror)
  target_link_libraries(chuanyu_ubsan_reports PRIVATE ${CMAKE_DL_LIBS})
  link_libraries(chuanyu_ubsan_reports)
endif()

# Warnings are errors in our own code; generated code does not get them. GCC 12 sees uninitialised values inside
# absl::StatusOr where there are none.
add_library(chuanyu_warnings INTERFACE)
target_compile_options(chuanyu_warnings INTERFACE -Wall -Wextra -Werror -Wno-missing-field-initializers
                                                  -Wno-maybe-uninitialized)

function(chuanyu_library NAME)
  cmake_parse_arguments(A "" "" "SRCS;DEPS" ${ARGN})
  if(A_SRCS)
    add_library(chuanyu_${NAME} STATIC ${A_SRCS})
    target_include_directories(chuanyu_${NAME} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(chuanyu_${NAME} PUBLIC ${A_DEPS} PRIVATE chuanyu_warnings)
  else()
    add_library(chuanyu_${NAME} INTERFACE)
    target_include_directories(chuanyu_${NAME} INTERFACE ${PROJECT_SOURCE_DIR})
    target_link_libraries(chuanyu_${NAME} INTERFACE ${A_DEPS})
  endif()
endfunction()

function(chuanyu_binary NAME)
  cmake_parse_arguments(A "" "" "SRCS;DEPS" ${ARGN})
  add_executable(${NAME} ${A_SRCS})
  target_include_directories(${NAME} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${NAME} PRIVATE ${A_DEPS} chuanyu_warnings)
endfunction()

# Instead of add_test: in a sanitizer build a report of any process of the test makes it fail, and each has five times
# its time (seconds; 120 unless told).
function(chuanyu_register_test NAME)
  cmake_parse_arguments(A "" "TIMEOUT;LABELS" "COMMAND" ${ARGN})
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 120)
  endif()
  if(SANITIZE)
    list(PREPEND A_COMMAND ${PROJECT_SOURCE_DIR}/cmake/sanitized_test.sh)
    math(EXPR A_TIMEOUT "${A_TIMEOUT} * 5")
  endif()
  add_test(NAME ${NAME} COMMAND ${A_COMMAND})
  set_tests_properties(${NAME} PROPERTIES TIMEOUT ${A_TIMEOUT} LABELS "${A_LABELS}")
endfunction()

# Tests see the checkout as CHUANYU_SOURCE_DIR and the programs as CHUANYU_BIN_DIR.
# A tenth less processor time under load than with the C library's allocator (docs/benchmarks.md). Sanitizers bring
# their own.
find_library(JEMALLOC jemalloc REQUIRED)
function(chuanyu_server NAME)
  cmake_parse_arguments(A "" "" "SRCS;DEPS" ${ARGN})
  chuanyu_binary(${NAME} SRCS ${A_SRCS} ${PROJECT_SOURCE_DIR}/common/process/malloc_conf.cc
                 DEPS ${A_DEPS} chuanyu_process chuanyu_program_clock)
  if(NOT SANITIZE)
    target_link_libraries(${NAME} PRIVATE ${JEMALLOC})
  endif()
endfunction()

function(chuanyu_test NAME)
  cmake_parse_arguments(A "" "TIMEOUT;LABELS" "SRCS;DEPS" ${ARGN})
  add_executable(${NAME} ${A_SRCS})
  target_include_directories(${NAME} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(${NAME} PRIVATE CHUANYU_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                             CHUANYU_BIN_DIR="${CMAKE_BINARY_DIR}/bin")
  target_link_libraries(${NAME} PRIVATE ${A_DEPS} GTest::gmock GTest::gtest_main chuanyu_warnings)
  set_target_properties(${NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  chuanyu_register_test(${NAME} COMMAND $<TARGET_FILE:${NAME}> TIMEOUT "${A_TIMEOUT}" LABELS "${A_LABELS}")
endfunction()
