// The one entry point of the Python grammar, which its crate ships no header for.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

typedef struct TSLanguage TSLanguage;

const TSLanguage *tree_sitter_python(void);

#ifdef __cplusplus
}
#endif
