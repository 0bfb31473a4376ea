// clang from the preprocessor to code generation: whatever knows Sema.
#pragma once

#include "ast.h"

#include "clang/Lex/Preprocessor.h"
#include "clang/Sema/Sema.h"
