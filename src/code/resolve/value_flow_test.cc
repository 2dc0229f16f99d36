#include "code/resolve/value_flow.h"

#include <gtest/gtest.h>

#include <stop_token>

#include "alluvium/error.h"
#include "code/resolve/class_hierarchy.h"
#include "code/resolve/program.h"
#include "code/resolve/resolved_testing.h"

namespace alluvium::code {
namespace {

TEST(ValueFlowTest, EndsWhenItIsInterrupted) {
  const testing::Resolved resolved(testing::Files{{"m.py", "class C: pass\nx = C()\n"}});
  const Program program = Program::load(resolved.session(), {});
  const ClassHierarchy classes(program);
  std::stop_source stop;
  const Interrupt interrupt{.stop = stop.get_token()};
  EXPECT_NO_THROW(ValueFlow(program, classes, interrupt));
  stop.request_stop();
  try {
    const ValueFlow flow(program, classes, interrupt);
    FAIL() << "it went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Cancelled);
  }
}

}  // namespace
}  // namespace alluvium::code
