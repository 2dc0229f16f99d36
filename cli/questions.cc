#include <unistd.h>

#include <array>
#include <cstdint>
#include <iostream>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "alluvium/code/lake.h"
#include "cli/chosen_lake.h"
#include "cli/interruption.h"
#include "cli/lake_session.h"
#include "cli/output.h"
#include "cli/program.h"
#include "cli/query.h"
#include "cli/terminal.h"

namespace alluvium::cli {
namespace {

// A verb that asks the lake one question: `alluvium VERB NAME` runs the query with $name bound.
struct Question {
  const char* verb;
  const char* description;
  const char* argument;  ///< What NAME is; null for none.
  const char* query;
};

constexpr std::array kQuestions = {
    Question{"defs", "Where a name is defined", "A name, or a qualified name or the end of one",
             R"sql(
SELECT d.qualified_name, d.kind, f.path || ':' || d.line AS place, d.signature
FROM definitions d
JOIN files f ON f.file_id = d.file_id
WHERE d.kind <> 'parameter'
  AND (d.qualified_name = $name OR ends_with(d.qualified_name, '.' || $name))
ORDER BY d.qualified_name, place)sql"},
    Question{"refs", "Where a definition is used", "A qualified name or the end of one", R"sql(
SELECT f.path || ':' || r.line AS place, e.qualified_name AS inside, r.context, r.resolution,
  r.confidence, d.qualified_name AS means
FROM definitions d
JOIN refs r ON r.def_id = d.def_id
JOIN files f ON f.file_id = r.file_id
LEFT JOIN definitions e ON e.def_id = r.enclosing_def_id
WHERE d.kind <> 'parameter'
  AND (d.qualified_name = $name OR ends_with(d.qualified_name, '.' || $name))
ORDER BY f.path, r.line, r.bstart)sql"},
    Question{"callers", "What calls a function, method or class",
             "A qualified name or the end of one",
             R"sql(
SELECT coalesce(e.qualified_name, f.path) AS caller, f.path || ':' || c.line AS place,
  c.callee_text, c.resolution, c.confidence, d.qualified_name AS callee
FROM definitions d
JOIN calls c ON c.callee_def_id = d.def_id
JOIN files f ON f.file_id = c.file_id
LEFT JOIN definitions e ON e.def_id = c.caller_def_id
WHERE d.qualified_name = $name OR ends_with(d.qualified_name, '.' || $name)
ORDER BY c.confidence DESC, f.path, c.line, c.bstart)sql"},
    Question{"callees", "What a function, method or class calls",
             "A qualified name or the end of one",
             R"sql(
SELECT d.qualified_name AS callee, d.kind, f.path || ':' || c.line AS place, c.callee_text,
  c.resolution, c.confidence
FROM definitions e
JOIN calls c ON c.caller_def_id = e.def_id
JOIN files f ON f.file_id = c.file_id
LEFT JOIN definitions d ON d.def_id = c.callee_def_id
WHERE e.qualified_name = $name OR ends_with(e.qualified_name, '.' || $name)
ORDER BY f.path, c.line, c.bstart)sql"},
    Question{"imports", "What a module imports, and what imports it", "A module's dotted name",
             R"sql(
SELECT 'imports' AS direction, coalesce(imported_module, '') AS module, imported_name, resolution,
  line, in_type_checking
FROM imports_resolved
WHERE importer_module = $name
UNION ALL
SELECT 'imported by' AS direction, coalesce(importer_module, '') AS module, imported_name, resolution,
  line, in_type_checking
FROM imports_resolved
WHERE imported_module = $name
ORDER BY direction, module, line, imported_name)sql"},
    Question{"cycles", "Modules that import each other, at their top level and in two steps",
             nullptr,
             R"sql(
WITH
  eager AS (
    SELECT DISTINCT repo, importer_module AS a, imported_module AS b
    FROM imports_resolved
    WHERE resolution = 'internal' AND NOT in_type_checking AND scope_def_id IS NULL
      AND importer_module <> imported_module
  )
SELECT x.a AS module, x.b AS imports_and_is_imported_by
FROM eager x
JOIN eager y ON y.repo = x.repo AND y.a = x.b AND y.b = x.a
WHERE x.a < x.b
ORDER BY module, imports_and_is_imported_by)sql"},
    Question{"dead", "Functions, methods and classes that nothing in the lake refers to", nullptr,
             R"sql(
SELECT d.qualified_name, d.kind, f.path || ':' || d.line AS place
FROM definitions d
JOIN files f ON f.file_id = d.file_id
LEFT ANTI JOIN (SELECT dst FROM edges WHERE kind NOT IN ('contains', 'protocol') AND confidence > 0) e
  ON e.dst = d.def_id
LEFT ANTI JOIN (SELECT name, file_id FROM exports WHERE via = 'all') x
  ON x.name = d.name AND x.file_id = d.file_id
WHERE d.kind IN ('function', 'method', 'class')
  AND d.name NOT LIKE '\_\_%\_\_' AND d.name NOT LIKE 'test%'
  AND coalesce(array_length(d.decorators), 0) = 0
ORDER BY f.path, d.line)sql"},
};

struct Options {
  std::string name;
  ChosenLake lake;
  std::string format = "table";
};

void ask(const Program& program, const Options& options, const std::string& query,
         const SqlParameters& parameters) {
  const ResultFormat format =
      program.json ? ResultFormat::Json : result_format_from_name(options.format);
  const InterruptibleWork work;
  const Session session = open_lake_session(options.lake.open(work.interrupt()), work.interrupt());
  Output output;
  run_query(session, query, parameters, format, output, terminal_of(STDOUT_FILENO),
            work.interrupt());
  output.finish();
}

void add_reading_options(Program& program, CLI::App* verb, Options& options) {
  options.lake.add_folder_option(*verb);
  options.lake.add_repository_option(*verb);
  options.lake.add_moment_option(*verb);
  std::vector<std::string> formats = result_format_names();
  std::erase(formats, "parquet");
  verb->add_option("--format", options.format, "How results are written")
      ->check(CLI::IsMember(formats))
      ->type_name("NAME")
      ->capture_default_str();
  verb->add_flag("--json", program.json, "--format json, and errors as JSON too");
}

void add_question(Program& program, const Question& question) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb =
      add_verb(program, question.verb, question.description, [&program, options, &question] {
        SqlParameters parameters;
        if (question.argument != nullptr) parameters.emplace("name", lit(options->name));
        ask(program, *options, question.query, parameters);
      });
  if (question.argument != nullptr) {
    verb->add_option("NAME", options->name, question.argument)->type_name("")->required();
  }
  add_reading_options(program, verb, *options);
  verb->footer(std::string("The query, for `alluvium sql`:") + question.query);
}

struct ImpactOptions : Options {
  std::vector<std::string> changed;
  double min_confidence = 0.5;
  std::int64_t max_distance = -1;
  bool tests = false;
};

constexpr const char* kImpactExamples = R"(Examples:
  alluvium impact QuerySet.filter                        what a change of it reaches
  alluvium impact app/models.py --tests                  the tests to run after editing a file
  git diff --name-only main | alluvium impact - --tests | xargs pytest
  alluvium sql "SELECT path, count(*) FROM impact('QuerySet.filter') GROUP BY path"

A module, class or function is named by one or more whole parts of its dotted name, and means all
that is in it; a file or a folder means all its definitions.)";

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (name != "-") {
      text += name + '\n';
      continue;
    }
    std::string line;
    while (std::getline(std::cin, line)) text += line + '\n';
  }
  return text;
}

void impact(const Program& program, const ImpactOptions& options) {
  SqlParameters parameters = {
      {"changed", lit(joined(options.changed))},
      {"least", lit(options.min_confidence)},
      {"most", lit(options.max_distance < 0 ? std::numeric_limits<std::int64_t>::max()
                                            : options.max_distance)}};
  const std::string from =
      " FROM impact($changed, min_confidence => $least, max_distance => $most)";
  if (options.tests) {
    ask(program, options, "SELECT test_id" + from + " WHERE is_test ORDER BY test_id", parameters);
    return;
  }
  ask(program, options,
      "SELECT i.distance, i.confidence, i.kind, i.name, "
      "i.path || ':' || i.line AS place, i.via, n.name AS of" +
          from +
          " i LEFT JOIN nodes n ON n.node_id = i.from_id ORDER BY i.distance, "
          "i.confidence DESC, i.name, i.node_id",
      parameters);
}

}  // namespace

void add_questions(Program& program) {
  for (const Question& question : kQuestions) add_question(program, question);
}

void add_impact(Program& program) {
  const auto options = std::make_shared<ImpactOptions>();
  CLI::App* verb = add_verb(program, "impact", "What a change reaches: definitions, files, tests",
                            [&program, options] { impact(program, *options); });
  verb->add_option("CHANGED", options->changed,
                   "Definitions, files or folders that changed; - reads them, one a line")
      ->type_name("")
      ->required();
  verb->add_option("--min-confidence", options->min_confidence, "Edges of less are not followed")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("C")
      ->capture_default_str();
  verb->add_option("--max-distance", options->max_distance, "Edges to follow (default: all)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("N");
  verb->add_flag("--tests", options->tests, "Only the tests, as a test runner takes them");
  add_reading_options(program, verb, *options);
  verb->footer(kImpactExamples);
}

}  // namespace alluvium::cli
