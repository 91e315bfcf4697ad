// GCC's undefined-behaviour runtime writes its reports to standard error when it is linked beside
// AddressSanitizer, whatever log_path says, and a test does not see what a process wrote that it killed. This
// tells it where. Only in builds with -DSANITIZE=address,undefined; sanitized_test.sh gives the path.
#include <dlfcn.h>

#include <cstdlib>

namespace {

__attribute__((constructor)) void SendReportsToFiles() {
  const char* const path = std::getenv("CHUANYU_SANITIZER_REPORTS");
  void* const runtime = dlopen("libubsan.so.1", RTLD_NOLOAD | RTLD_LAZY);
  if (path == nullptr || runtime == nullptr) return;
  // Of this runtime: AddressSanitizer has a function of the same name.
  const auto set_path =
      reinterpret_cast<void (*)(const char*)>(dlsym(runtime, "__sanitizer_set_report_path"));
  if (set_path != nullptr) set_path(path);
}

}  // namespace
