#include "cli/lake_question.h"

#include <unistd.h>

#include <vector>

#include "cli/lake_session.h"
#include "cli/output.h"
#include "cli/query.h"
#include "cli/terminal.h"

namespace alluvium::cli {

void LakeQuestion::add_options(Program& program, CLI::App& verb) {
  lake.add_folder_option(verb);
  lake.add_repository_option(verb);
  lake.add_moment_option(verb);
  std::vector<std::string> formats = result_format_names();
  std::erase(formats, "parquet");
  verb.add_option("--format", format, "How results are written")
      ->check(CLI::IsMember(formats))
      ->type_name("NAME")
      ->capture_default_str();
  verb.add_flag("--json", program.json, "--format json, and errors as JSON too");
}

void LakeQuestion::ask(const Program& program, const code::Lake& opened, const std::string& query,
                       const SqlParameters& parameters, const Interrupt& interrupt) const {
  const ResultFormat result = program.json ? ResultFormat::Json : result_format_from_name(format);
  const Session session = open_lake_session(opened, interrupt);
  Output output;
  run_query(session, query, parameters, result, output, terminal_of(STDOUT_FILENO), interrupt);
  output.finish();
}

}  // namespace alluvium::cli
