// The C++ library's larger parts: files, patterns, locales, formats, streams, numbers.
#include "check.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <coroutine>
#include <filesystem>
#include <format>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <locale>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <ranges>
#include <regex>
#include <sstream>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include <unistd.h>

namespace fs = std::filesystem;
using namespace std::literals;

static void files()
{
	fs::path folder = fs::temp_directory_path() / std::format("library-{}", getpid());
	CHECK(fs::create_directories(folder / "a" / "b"));
	std::ofstream(folder / "a" / "file") << "one\ntwo\n";
	CHECK(fs::file_size(folder / "a" / "file") == 8);
	fs::copy(folder / "a", folder / "c", fs::copy_options::recursive);
	fs::create_symlink("file", folder / "c" / "link");
	CHECK(fs::read_symlink(folder / "c" / "link") == "file");
	long entries = std::distance(fs::recursive_directory_iterator(folder),
				     fs::recursive_directory_iterator());
	CHECK(entries == 7); // a, a/b, a/file, c, c/b, c/file, c/link
	std::ifstream in(folder / "c" / "link");
	std::string line;
	std::getline(in, line);
	CHECK(line == "one");
	CHECK(fs::relative(folder / "c", folder) == "c");
	CHECK(fs::remove_all(folder) == 8 && !fs::exists(folder));
	std::error_code error;
	CHECK(!fs::exists(folder / "x", error));
	try {
		(void)fs::file_size(folder);
		CHECK(false);
	} catch (const fs::filesystem_error &failure) {
		CHECK(failure.code() == std::errc::no_such_file_or_directory);
	}
}

static void patterns()
{
	std::regex word(R"((\w+)@(\w+)\.com)");
	std::smatch found;
	std::string text = "mail to someone@example.com now";
	CHECK(std::regex_search(text, found, word) && found[1] == "someone" &&
	      found[2] == "example");
	CHECK(std::regex_replace(text, std::regex("o+"), "0") == "mail t0 s0me0ne@example.c0m n0w");
	CHECK(!std::regex_match("abc", std::regex("[[:digit:]]+")));
}

static void formats()
{
	CHECK(std::format("{:>6}|{:08.3f}|{:#x}|{}", "ab", 3.14159, 255, true) ==
	      "    ab|0003.142|0xff|true");
	CHECK(std::format("{:%F}", std::chrono::sys_days{2024y / 2 / 29}) == "2024-02-29");
	char digits[32];
	auto end = std::to_chars(digits, digits + sizeof digits, 0.1).ptr;
	CHECK(std::string_view(digits, end) == "0.1");
	double back;
	CHECK(std::from_chars(digits, end, back).ec == std::errc() && back == 0.1);
	CHECK(std::stold("0.25") == 0.25L && std::to_string(7) == "7");
}

static void streams()
{
	std::ostringstream out;
	out << std::hex << std::showbase << 255 << ' ' << std::setprecision(3) << 3.14159L << ' '
	    << std::boolalpha << false << std::setw(4) << std::setfill('.') << std::dec << 7;
	CHECK(out.str() == "0xff 3.14 false...7");
	std::istringstream in("12 abc 2.5");
	int number;
	std::string word;
	double real;
	in >> number >> word >> real;
	CHECK(in && number == 12 && word == "abc" && real == 2.5);
	std::cout << "to cout\n" << std::flush;
	std::clog << "to clog\n";
	std::wcout << L"";
}

static void locales()
{
	std::locale classic = std::locale::classic();
	CHECK(std::use_facet<std::ctype<char>>(classic).toupper('a') == 'A');
	CHECK(std::isalpha(L'x', classic));
	struct Comma : std::numpunct<char> {
		char do_decimal_point() const override
		{
			return ',';
		}
		char do_thousands_sep() const override
		{
			return '.';
		}
		std::string do_grouping() const override
		{
			return "\3";
		}
	};
	std::ostringstream out;
	out.imbue(std::locale(classic, new Comma));
	out << 1234567 << ' ' << 1.5;
	CHECK(out.str() == "1.234.567 1,5");
	std::locale utf8("C.UTF-8");
	CHECK(utf8.name() == "C.UTF-8");
}

struct Numbers {
	struct promise_type {
		int value = 0;
		Numbers get_return_object()
		{
			return {std::coroutine_handle<promise_type>::from_promise(*this)};
		}
		std::suspend_always initial_suspend()
		{
			return {};
		}
		std::suspend_always final_suspend() noexcept
		{
			return {};
		}
		std::suspend_always yield_value(int next)
		{
			value = next;
			return {};
		}
		void return_void()
		{
		}
		void unhandled_exception()
		{
			throw;
		}
	};
	std::coroutine_handle<promise_type> handle;
	~Numbers()
	{
		handle.destroy();
	}
};

static Numbers count_to(int end)
{
	for (int i = 1; i <= end; i++)
		co_yield i;
}

static void containers()
{
	std::map<std::string, std::unique_ptr<int>> map;
	map["b"] = std::make_unique<int>(2);
	map["a"] = std::make_unique<int>(1);
	CHECK(map.begin()->first == "a");
	std::unordered_map<int, std::string> names{{1, "one"}, {2, "two"}};
	CHECK(names.at(2) == "two");
	std::vector<int> values(1000);
	std::iota(values.begin(), values.end(), 0);
	std::mt19937 random(42);
	std::shuffle(values.begin(), values.end(), random);
	std::ranges::sort(values, std::greater{});
	CHECK(values.front() == 999);
	auto squares = std::views::iota(1, 5) | std::views::transform([](int i) { return i * i; });
	CHECK(std::accumulate(squares.begin(), squares.end(), 0) == 30);
	std::variant<int, std::string> either = "text";
	CHECK(std::get<std::string>(either) == "text");
	auto numbers = count_to(3);
	int sum = 0;
	for (numbers.handle.resume(); !numbers.handle.done(); numbers.handle.resume())
		sum += numbers.handle.promise().value;
	CHECK(sum == 6);
}

int main()
{
	files();
	patterns();
	formats();
	streams();
	locales();
	containers();
	CHECK(std::chrono::steady_clock::now().time_since_epoch().count() > 0);
	return 0;
}
