// Read by jemalloc before main. An arena a processor instead of four: every arena keeps what it freed for a
// while, so a service that has served one batch on many threads would hold several times what it uses
// (docs/benchmarks.md, memory of the re-check). Another allocator does not look at it.
extern "C" {
extern const char* const malloc_conf;
const char* const malloc_conf = "percpu_arena:percpu";
}
