#include <alluvium/error.h>
#include <alluvium/version.h>

#include <iostream>

int main() {
  try {
    throw alluvium::Error(alluvium::ErrorCode::NotFound, "an error crosses the library's border");
  } catch (const alluvium::Error& error) {
    if (error.code() != alluvium::ErrorCode::NotFound) return 1;
  }
  std::cout << "alluvium " << alluvium::version() << '\n';
  return 0;
}
