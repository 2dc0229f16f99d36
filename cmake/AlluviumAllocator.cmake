# The allocator of programs, not of the library, whose users choose their own. Replaying a Delta log
# makes many small values: jemalloc opens a table of 1,000 commits in four fifths of the time.
add_library(alluvium_allocator INTERFACE)
if(NOT ALLUVIUM_SANITIZE)
  find_library(ALLUVIUM_JEMALLOC jemalloc REQUIRED)
  # Nothing calls it by a name of its own, so the linker would leave it out.
  target_link_options(alluvium_allocator INTERFACE "LINKER:--push-state,--no-as-needed,${ALLUVIUM_JEMALLOC},--pop-state")
endif()
