#include <array>
#include <memory>
#include <string>

#include "alluvium/code/lake.h"
#include "cli/interruption.h"
#include "cli/lake_question.h"
#include "cli/program.h"

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

void add_question(Program& program, const Question& question) {
  struct Options {
    LakeQuestion question;
    std::string name;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* verb =
      add_verb(program, question.verb, question.description, [&program, options, &question] {
        SqlParameters parameters;
        if (question.argument != nullptr) parameters.emplace("name", lit(options->name));
        const InterruptibleWork work;
        options->question.ask(program, options->question.lake.open(work.interrupt()),
                              question.query, parameters, work.interrupt());
      });
  if (question.argument != nullptr) {
    verb->add_option("NAME", options->name, question.argument)->type_name("")->required();
  }
  options->question.add_options(program, *verb);
  verb->footer(std::string("The query, for `alluvium sql`:") + question.query);
}

}  // namespace

void add_questions(Program& program) {
  for (const Question& question : kQuestions) add_question(program, question);
}

}  // namespace alluvium::cli
