/*
 * The system's time zones, read by CCTZ and written down as tables.
 *
 * tzdata.zi has the version, the names and which names are links (legacy names
 * may have no file of their own); CCTZ reads the compiled zones; iso3166.tab
 * and zone.tab have the countries.
 */
#include <algorithm>
#include <cctz/civil_time.h>
#include <cctz/time_zone.h>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/bridge/border.hpp"

extern "C" {
#include "pipeline/bridge/zones.h"
}

namespace {

using cctz::civil_second;
using instant = cctz::time_point<cctz::seconds>;

constexpr char DIRECTORY[] = "/usr/share/zoneinfo";
constexpr std::string_view VERSION = "# version ";
/* No clock changed before the year 1; the tables end with the year 2200. */
constexpr civil_second FIRST(1, 1, 1);
constexpr civil_second END(2201, 1, 1);
constexpr int64_t OFFSET_MAX = 26 * HOUR_MS / SECOND_MS;
/* A link may point at a link; not at itself, by way of others. */
constexpr int LINKS_MAX = 8;

struct table {
	std::vector<wall_ms> at;
	std::vector<int32_t> offset;
};

/* The files as they are, and what of them is needed. */
struct source {
	std::string directory;
	std::string version;
	std::map<std::string, std::string> links; /* a zone: to itself */
	std::map<std::string, int> countries;     /* number of zones */
	std::map<std::string, std::string> only;  /* the last zone seen */
};

bool
read_file(const std::string &path, std::string &ret) noexcept
{
	std::ifstream file(path, std::ios::binary);

	ret.assign(std::istreambuf_iterator<char>(file),
	    std::istreambuf_iterator<char>());
	return (file.is_open() && !ret.empty());
}

/* The text up to the separator, taken off its front with it. */
std::string_view
take(std::string_view &text, char separator) noexcept
{
	size_t n = std::min(text.find(separator), text.size());
	std::string_view taken = text.substr(0, n);

	text.remove_prefix(std::min(n + 1, text.size()));
	return (taken);
}

/* "Z name ..." is a zone, "L target name" a link. */
void
parse_names(std::string_view text, struct source &source) noexcept
{
	while (!text.empty()) {
		std::string_view line = take(text, '\n');
		std::string_view kind = take(line, ' ');
		std::string target(take(line, ' '));

		if (kind == "Z")
			source.links[target] = target;
		else if (kind == "L")
			source.links[std::string(line)] = target;
	}
}

/* Lines of fields that tabs separate, but for comments. */
template <typename Line>
void
each_line(std::string_view text, Line line) noexcept
{
	while (!text.empty()) {
		std::string_view fields = take(text, '\n');

		if (!fields.empty() && fields.front() != '#')
			line(fields);
	}
}

void
parse_country(std::string_view fields, struct source &source) noexcept
{
	source.countries[std::string(take(fields, '\t'))] = 0;
}

/* Code, coordinates, name, and perhaps a comment. */
void
parse_zone_of_country(std::string_view fields, struct source &source) noexcept
{
	std::string code(take(fields, '\t'));

	(void)take(fields, '\t');
	source.countries[code]++;
	source.only[code] = take(fields, '\t');
}

enum outcome
missing(const std::string &path, struct failure *why) noexcept
{
	return (fail_with(why, FATAL,
	    "%s cannot be read: install the package tzdata", path.c_str()));
}

enum outcome
read_source(struct source &source, struct failure *why) noexcept
{
	const std::string names = source.directory + "/tzdata.zi";
	const std::string countries = source.directory + "/iso3166.tab";
	const std::string zones = source.directory + "/zone.tab";
	std::string text;
	std::string_view rest;

	if (!read_file(names, text) ||
	    text.compare(0, VERSION.size(), VERSION) != 0)
		return (missing(names, why));
	rest = text;
	source.version = take(rest, '\n').substr(VERSION.size());
	parse_names(rest, source);
	if (!read_file(countries, text))
		return (missing(countries, why));
	each_line(text, [&source](std::string_view line) noexcept {
		parse_country(line, source);
	});
	if (!read_file(zones, text))
		return (missing(zones, why));
	each_line(text, [&source](std::string_view line) noexcept {
		parse_zone_of_country(line, source);
	});
	return (DONE);
}

int64_t
seconds_of(const civil_second &wall) noexcept
{
	return (wall - civil_second());
}

/*
 * A change is known by what the wall reads on its two sides, so that its
 * instant follows from the offset before it, and from that the one after it.
 */
bool
read_table(const cctz::time_zone &zone, struct table &table) noexcept
{
	instant t(cctz::seconds(seconds_of(FIRST)));
	int64_t offset = zone.lookup(t).offset;
	cctz::time_zone::civil_transition change;

	table.offset.push_back(static_cast<int32_t>(offset));
	while (zone.next_transition(t, &change)) {
		int64_t at = seconds_of(change.from) - offset;

		if (at >= seconds_of(END))
			break;
		offset = seconds_of(change.to) - at;
		if (offset <= -OFFSET_MAX || offset >= OFFSET_MAX ||
		    instant(cctz::seconds(at)) <= t)
			return (false);
		table.at.push_back(at * SECOND_MS);
		table.offset.push_back(static_cast<int32_t>(offset));
		t = instant(cctz::seconds(at));
	}
	return (true);
}

template <typename T>
const T *
copy(struct arena *arena, const std::vector<T> &from) noexcept
{
	return (static_cast<const T *>(
	    arena_copy(arena, from.data(), from.size() * sizeof(T))));
}

struct span
keep(struct arena *arena, const std::string &text) noexcept
{
	return (arena_span(arena, {text.data(), text.size()}));
}

const struct zone_table *
load_table(struct arena *arena, const std::string &path) noexcept
{
	struct zone_table *kept = ARENA_NEW(arena, struct zone_table);
	cctz::time_zone zone;
	struct table table;

	if (!cctz::load_time_zone(path, &zone) || !read_table(zone, table))
		return (nullptr);
	kept->at = copy(arena, table.at);
	kept->offset = copy(arena, table.offset);
	kept->n = table.at.size();
	return (kept);
}

/* The zone that a name stands for. */
std::string
follow(const struct source &source, const std::string &name) noexcept
{
	std::string at = name;

	for (int i = 0; i < LINKS_MAX; i++) {
		auto link = source.links.find(at);

		if (link == source.links.end() || link->second == at)
			break;
		at = link->second;
	}
	return (at);
}

/* Names of one zone share its table.  UTC is first, the map sorts the rest. */
enum outcome
load_zones(struct arena *arena, const struct source &source,
    struct zones *zones, struct failure *why) noexcept
{
	std::map<std::string, const struct zone_table *> tables;
	std::vector<struct zone> list(1);

	for (const auto &link : source.links) {
		std::string target = follow(source, link.first);
		const struct zone_table *&table = tables[target];
		std::string path = source.directory + "/" + target;
		struct zone zone;

		if (table == nullptr)
			table = load_table(arena, path);
		if (table == nullptr)
			return (missing(path, why));
		zone = {keep(arena, link.first), table};
		if (link.first == "UTC")
			list[ZONE_UTC] = zone;
		else
			list.push_back(zone);
	}
	if (list[ZONE_UTC].table == nullptr)
		return (missing(source.directory + "/UTC", why));
	zones->zone = copy(arena, list);
	zones->n = list.size();
	return (DONE);
}

void
load_countries(struct arena *arena, const struct source &source,
    struct zones *zones) noexcept
{
	std::vector<struct zone_country> list;

	for (const auto &country : source.countries) {
		struct zone_country row = {{0}, ZONE_NONE};
		auto only = source.only.find(country.first);

		if (country.first.size() != sizeof row.code - 1)
			continue;
		std::memcpy(
		    row.code, country.first.data(), sizeof row.code - 1);
		if (country.second == 1)
			row.zone = zones_find(
			    zones, {only->second.data(), only->second.size()});
		list.push_back(row);
	}
	zones->country = copy(arena, list);
	zones->n_countries = list.size();
}

enum outcome
load(
    struct arena *arena, const struct zones **ret, struct failure *why) noexcept
{
	struct zones *zones = ARENA_NEW(arena, struct zones);
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): at start, before any thread */
	const char *directory = std::getenv("TZDIR");
	struct source source;
	enum outcome outcome;

	source.directory = directory == nullptr ? DIRECTORY : directory;
	outcome = read_source(source, why);
	if (outcome == DONE)
		outcome = load_zones(arena, source, zones, why);
	if (outcome != DONE)
		return (outcome);
	load_countries(arena, source, zones);
	zones->version = keep(arena, source.version);
	*ret = zones;
	return (DONE);
}

} // namespace

enum outcome
zones_load(struct arena *arena, const struct zones **ret, struct failure *why)
{
	return (load(arena, ret, why));
}
