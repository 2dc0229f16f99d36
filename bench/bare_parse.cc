// The floor of `index`: parses every .py file below a folder with tree-sitter alone, on one thread.
// Prints the number of files, bytes and seconds.

#include <tree_sitter/api.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

extern "C" const TSLanguage* tree_sitter_python(void);

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: bare_parse FOLDER\n";
    return 2;
  }
  const std::unique_ptr<TSParser, decltype(&ts_parser_delete)> parser(ts_parser_new(),
                                                                      ts_parser_delete);
  ts_parser_set_language(parser.get(), tree_sitter_python());
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[1])) {
    if (!entry.is_regular_file() || entry.path().extension() != ".py") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    ts_tree_delete(ts_parser_parse_string(parser.get(), nullptr, text.data(),
                                          static_cast<std::uint32_t>(text.size())));
    ++files;
    bytes += text.size();
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::cout << files << ' ' << bytes << ' ' << seconds << '\n';
}
