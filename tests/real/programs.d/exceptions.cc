// Exceptions and run-time types across the border of a shared library, and of threads.
// with: thrower.cc
#include "check.h"
#include "thrower.h"

#include <cstring>
#include <future>
#include <typeinfo>

struct Base {
	virtual ~Base() = default;
};
struct Other {
	virtual ~Other() = default;
};
struct Derived : Base, Other {
};

static int destroyed;
struct Guard {
	~Guard()
	{
		destroyed++;
	}
};

static int throws_range()
{
	Guard guard;
	throw std::out_of_range("range");
}

static int throws_failure()
{
	Guard guard;
	fail("deep");
	return 0;
}

int main()
{
	try {
		fail("near");
		CHECK(false);
	} catch (const Failure &failure) {
		CHECK(std::strcmp(failure.what(), "near") == 0);
	}
	CHECK(call(throws_range) == -1);
	try {
		call(throws_failure);
		CHECK(false);
	} catch (const std::exception &failure) {
		CHECK(dynamic_cast<const Failure *>(&failure));
		CHECK(typeid(failure) == typeid(Failure));
	}
	CHECK(destroyed == 2 && count_calls() == 3);

	auto later = std::async(std::launch::async, [] { fail("thread"); });
	try {
		later.get();
		CHECK(false);
	} catch (const Failure &failure) {
		CHECK(std::strcmp(failure.what(), "thread") == 0);
	}
	CHECK(count_calls() == 3); // the other thread counted its own

	Derived derived;
	Base *base = &derived;
	CHECK(dynamic_cast<Other *>(base) == static_cast<Other *>(&derived));
	CHECK(std::strcmp(typeid(*base).name(), "7Derived") == 0);
	try {
		try {
			throw 1;
		} catch (int) {
			std::throw_with_nested(std::logic_error("outer"));
		}
	} catch (const std::exception &outer) {
		try {
			std::rethrow_if_nested(outer);
			CHECK(false);
		} catch (int inner) {
			CHECK(inner == 1);
		}
	}
	return 0;
}
