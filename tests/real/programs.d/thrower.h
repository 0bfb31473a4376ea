#pragma once
#include <exception>
#include <stdexcept>
#include <string>

class Failure : public std::exception
{
	std::string text;

      public:
	explicit Failure(std::string text) : text(std::move(text))
	{
	}
	~Failure() override;
	const char *what() const noexcept override;
};

void fail(const std::string &text);
int call(int (*function)());
int count_calls();
