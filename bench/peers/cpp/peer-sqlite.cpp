// The rows of the log in SQLite: write-ahead journal, every commit synced.
//
//   peer-sqlite --inputs DIR --scratch DIR [ROW...]
//
// prints one JSON line for each row and way of waiting.
#include "peer.hpp"

#include <mutex>
#include <thread>

#include <sqlite3.h>
#include <unistd.h>

namespace
{

constexpr int kWriters = 64, kRecords = 20;
constexpr size_t kRecord = 1024;

// How a writer waits for the others' commits: in SQLite, as its busy_timeout does; in SQLite, with
// a handler that looks again soon; or at a lock of the program, so that SQLite is never busy.
enum class Wait { timeout, handler, lock };

std::mutex turn;

void must(int code, sqlite3 *db)
{
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
        peer::die(std::string("sqlite: ") + sqlite3_errmsg(db));
}

void run(sqlite3 *db, const char *sql)
{
    must(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), db);
}

int look_again(void *, int)
{
    usleep(100);
    return 1;
}

sqlite3 *open(const std::string &path, Wait wait)
{
    sqlite3 *db = nullptr;
    must(sqlite3_open_v2(path.c_str(), &db,
                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr),
         db);
    if (wait == Wait::handler)
        must(sqlite3_busy_handler(db, look_again, nullptr), db);
    else
        must(sqlite3_busy_timeout(db, 60000), db);
    run(db, "PRAGMA journal_mode=WAL");
    run(db, "PRAGMA synchronous=FULL");
    return db;
}

class Writer
{
  public:
    Writer(const std::string &path, Wait how)
        : db(open(path, how)), wait(how), record(peer::log_record(kRecord))
    {
        must(sqlite3_prepare_v2(db, "BEGIN IMMEDIATE", -1, &begin, nullptr), db);
        must(sqlite3_prepare_v2(db, "INSERT INTO log(body) VALUES(?)", -1, &insert, nullptr), db);
        must(sqlite3_prepare_v2(db, "COMMIT", -1, &commit, nullptr), db);
    }

    ~Writer()
    {
        sqlite3_finalize(begin);
        sqlite3_finalize(insert);
        sqlite3_finalize(commit);
        sqlite3_close(db);
    }

    Writer(const Writer &) = delete;
    Writer &operator=(const Writer &) = delete;

    void append()
    {
        std::unique_lock<std::mutex> mine(turn, std::defer_lock);
        if (wait == Wait::lock) mine.lock();
        step(begin);
        must(sqlite3_bind_blob(insert, 1, record.data(), static_cast<int>(record.size()),
                               SQLITE_STATIC),
             db);
        step(insert);
        step(commit);
    }

  private:
    void step(sqlite3_stmt *statement)
    {
        must(sqlite3_step(statement), db);
        must(sqlite3_reset(statement), db);
    }

    sqlite3 *db;
    Wait wait;
    std::string record;
    sqlite3_stmt *begin = nullptr, *insert = nullptr, *commit = nullptr;
};

void count_is(const std::string &path, int expected)
{
    sqlite3 *db = open(path, Wait::timeout);
    sqlite3_stmt *count = nullptr;
    must(sqlite3_prepare_v2(db, "SELECT count(*) FROM log", -1, &count, nullptr), db);
    must(sqlite3_step(count), db);
    if (sqlite3_column_int(count, 0) != expected) peer::die("sqlite: records are missing");
    sqlite3_finalize(count);
    sqlite3_close(db);
}

void append_64(const char *name, Wait wait)
{
    const char *row = "wal-append-64-writers";
    if (!peer::is_wanted(row)) return;
    std::string folder = peer::empty_folder("sqlite"), path = folder + "/log.db";
    sqlite3 *db = open(path, wait);
    run(db, "CREATE TABLE log(id INTEGER PRIMARY KEY, body BLOB)");
    sqlite3_close(db);
    std::vector<std::unique_ptr<Writer>> writers;
    for (int i = 0; i < kWriters; i++) writers.push_back(std::make_unique<Writer>(path, wait));
    int calls = 0;
    peer::wall_row(row, name, kWriters * kRecords, [&] {
        std::vector<std::thread> threads;
        for (auto &writer : writers)
            threads.emplace_back([&writer] {
                for (int i = 0; i < kRecords; i++) writer->append();
            });
        for (auto &thread : threads) thread.join();
        calls++;
    });
    writers.clear();
    count_is(path, calls * kWriters * kRecords);
    std::filesystem::remove_all(folder);
}

} // namespace

int main(int argc, char **argv)
{
    peer::command_line(argc, argv);
    append_64("sqlite busy_timeout", Wait::timeout);
    append_64("sqlite busy_handler", Wait::handler);
    append_64("sqlite own lock", Wait::lock);
    return 0;
}
