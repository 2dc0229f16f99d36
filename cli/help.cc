#include <fmt/format.h>

#include <memory>

#include "alluvium/error.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/program.h"

namespace alluvium::cli {

void add_help(Program& program) {
  const auto topic = std::make_shared<std::string>();
  CLI::App* verb = add_verb(program, "help", "Explain a verb, or `exit-codes`", [&program, topic] {
    if (topic->empty()) {
      print(program.app.help());
    } else if (*topic == "exit-codes") {
      print(exit_code_help());
    } else {
      for (const CLI::App* named : program.app.get_subcommands({})) {
        if (named->get_name() != *topic) continue;
        print(named->help(program.app.get_name()));
        return;
      }
      throw Error(ErrorCode::InvalidArgument, fmt::format("there is no topic `{}`", *topic), false,
                  {{"hint", "`alluvium --help` lists the verbs"}});
    }
  });
  verb->add_option("TOPIC", *topic, "A verb, or exit-codes")->type_name("");
}

}  // namespace alluvium::cli
