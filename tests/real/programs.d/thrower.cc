// A shared library that throws, catches, and owns a type that its users know.
#include "thrower.h"

Failure::~Failure() = default;
const char *Failure::what() const noexcept
{
	return text.c_str();
}

thread_local int calls;

void fail(const std::string &text)
{
	calls++;
	throw Failure(text);
}

int call(int (*function)())
{
	try {
		return function();
	} catch (const std::out_of_range &) {
		return -1;
	} catch (...) {
		calls++;
		throw;
	}
}

int count_calls()
{
	return calls;
}
