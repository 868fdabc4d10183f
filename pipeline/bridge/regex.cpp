/*
 * RE2, as the language's matches() asks for it.
 */
#include <re2/re2.h>

#include "pipeline/bridge/border.hpp"

extern "C" {
#include "pipeline/bridge/regex.h"
}

struct regex {
	RE2 compiled;
};

namespace {

/* Of the program, and of the states that matching keeps. */
constexpr int64_t MEMORY_MAX = int64_t{1} << 20;

re2::StringPiece
piece(struct span text) noexcept
{
	return (re2::StringPiece(text.at, text.length));
}

struct regex *
compile(struct span pattern) noexcept
{
	RE2::Options options(RE2::Quiet);

	options.set_max_mem(MEMORY_MAX);
	/* NOLINTNEXTLINE(bugprone-unhandled-exception-at-new): see border.hpp */
	return (new regex{{piece(pattern), options}});
}

bool
matches(const RE2 &compiled, struct span text) noexcept
{
	return (RE2::PartialMatch(piece(text), compiled));
}

} // namespace

enum outcome
regex_new(struct span pattern, struct regex **ret, struct failure *why)
{
	struct regex *regex = compile(pattern);

	if (!regex->compiled.ok()) {
		(void)fail_with(why, REJECT, "not a regular expression: %s",
		    regex->compiled.error().c_str());
		delete regex;
		return (REJECT);
	}
	*ret = regex;
	return (DONE);
}

void
regex_free(struct regex *regex)
{
	delete regex;
}

bool
regex_matches(const struct regex *regex, struct span text)
{
	return (matches(regex->compiled, text));
}
