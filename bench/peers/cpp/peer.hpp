// What the C++ peers share: the command line, the inputs, and the method of `trestle bench`.
#ifndef PEER_HPP
#define PEER_HPP

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <time.h>

namespace peer
{

constexpr int kSamples = 25;
constexpr int64_t kWarmNs = 60000000, kSampleNs = 8000000;
constexpr int kWallSamples = 5;

inline std::string inputs = ".", scratch = ".";
inline std::vector<std::string> wanted;
inline volatile uint64_t sink;

//   peer --inputs DIR --scratch DIR [ROW...]
inline void command_line(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        std::string_view arg = argv[i];
        if (arg == "--inputs" && i + 1 < argc)
            inputs = argv[++i];
        else if (arg == "--scratch" && i + 1 < argc)
            scratch = argv[++i];
        else
            wanted.emplace_back(arg);
    }
}

inline bool is_wanted(std::string_view row)
{
    return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const std::string &w) {
               return row.substr(0, w.size()) == w;
           });
}

// The row's document; empty when the row is not wanted.
inline std::string input(const std::string &row)
{
    if (!is_wanted(row)) return {};
    std::ifstream file(inputs + "/" + row + ".bin", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// A folder of this name, empty, below the one for data.
inline std::string empty_folder(const std::string &name)
{
    std::string folder = scratch + "/" + name;
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    return folder;
}

[[noreturn]] inline void die(const std::string &why)
{
    fprintf(stderr, "%s\n", why.c_str());
    exit(1);
}

inline int64_t clock_ns(clockid_t clock)
{
    timespec t{};
    if (clock_gettime(clock, &t) != 0) abort();
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

inline int64_t thread_ns()
{
    return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}
inline int64_t wall_ns()
{
    return clock_ns(CLOCK_MONOTONIC);
}

inline void print(const char *row, const char *peer, std::vector<double> ns)
{
    std::sort(ns.begin(), ns.end());
    printf("{\"row\":\"%s\",\"peer\":\"%s\",\"ns\":%.4f,\"min_ns\":%.4f}\n", row, peer,
           ns[ns.size() / 2], ns[0]);
    fflush(stdout);
}

template <typename Run> int64_t time_calls(Run &run, int64_t calls)
{
    uint64_t sum = 0;
    int64_t start = thread_ns();
    for (int64_t i = 0; i < calls; i++) sum += run();
    int64_t took = thread_ns() - start;
    sink = sink + sum;
    return took;
}

template <typename Run> int64_t calls_in(Run &run, int64_t ns)
{
    for (int64_t calls = 1;; calls *= 2) {
        int64_t took = time_calls(run, calls);
        if (took >= ns) return std::max(calls * ns / took, INT64_C(1));
    }
}

// Processor time of the thread.
template <typename Run> void row(const char *name, const char *peer, size_t ops, Run run)
{
    calls_in(run, kWarmNs);
    int64_t calls = calls_in(run, kSampleNs);
    std::vector<double> ns;
    for (int i = 0; i < kSamples; i++)
        ns.push_back(static_cast<double>(time_calls(run, calls)) / static_cast<double>(calls) /
                     static_cast<double>(ops));
    print(name, peer, ns);
}

// Wall time, of work that waits for the disk.
template <typename Run> void wall_row(const char *name, const char *peer, size_t ops, Run run)
{
    run();
    std::vector<double> ns;
    for (int i = 0; i < kWallSamples; i++) {
        int64_t start = wall_ns();
        run();
        ns.push_back(static_cast<double>(wall_ns() - start) / static_cast<double>(ops));
    }
    print(name, peer, ns);
}

// splitmix64, as tr_bench_random.
inline uint64_t random(uint64_t &state)
{
    uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

// A record of the log, as src/cli/bench/rows_wal.c has the first of them.
inline std::string log_record(size_t len)
{
    std::string record(len, 0);
    uint64_t state = 7;
    for (size_t i = 0; i < len; i += 8) {
        uint64_t draw = random(state);
        memcpy(record.data() + i, &draw, 8);
    }
    return record;
}

} // namespace peer

#endif
