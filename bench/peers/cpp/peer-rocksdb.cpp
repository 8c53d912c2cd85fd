// The rows of the log and of the store in RocksDB.
//
//   peer-rocksdb --inputs DIR --scratch DIR [ROW...]
//
// prints one JSON line for each row and way.
#include "peer.hpp"

#include <memory>
#include <thread>

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

namespace {

constexpr int kWriters = 64, kRecords = 64, kBatch = 1000, kBatches = 20;
constexpr size_t kRecord = 1024;

void must(const rocksdb::Status &status)
{
    if (!status.ok()) peer::die("rocksdb: " + status.ToString());
}

// Nothing but the log is at work: the memtable takes everything that is written, files of the log
// are reused.
rocksdb::Options log_options()
{
    rocksdb::Options options;
    options.create_if_missing = true;
    options.write_buffer_size = size_t{4} << 30;
    options.max_total_wal_size = uint64_t{16} << 30;
    options.recycle_log_file_num = 4;
    options.disable_auto_compactions = true;
    return options;
}

std::unique_ptr<rocksdb::DB> open(const std::string &folder, const rocksdb::Options &options)
{
    rocksdb::DB *db = nullptr;
    must(rocksdb::DB::Open(options, folder, &db));
    return std::unique_ptr<rocksdb::DB>(db);
}

rocksdb::WriteOptions synced()
{
    rocksdb::WriteOptions options;
    options.sync = true;
    return options;
}

std::string number(uint64_t n)
{
    std::string key(8, 0);
    for (int i = 0; i < 8; i++) key[i] = static_cast<char>(n >> (56 - 8 * i));
    return key;
}

void append_64(const char *name, bool pipelined)
{
    const char *row = "wal-append-64-writers";
    if (!peer::is_wanted(row)) return;
    std::string folder = peer::empty_folder("rocksdb-log");
    rocksdb::Options options = log_options();
    options.enable_pipelined_write = pipelined;
    auto db = open(folder, options);
    std::string record(kRecord, 'r');
    uint64_t call = 0;
    peer::wall_row(row, name, kWriters * kRecords, [&] {
        std::vector<std::thread> threads;
        for (uint64_t t = 0; t < kWriters; t++)
            threads.emplace_back([&, t] {
                for (uint64_t i = 0; i < kRecords; i++)
                    must(db->Put(synced(), number(t << 56 | call << 32 | i), record));
            });
        for (auto &thread : threads) thread.join();
        call++;
    });
    must(db->Close());
    std::filesystem::remove_all(folder);
}

// As entries of the memtable too, or in the log alone.
void append_batch(const char *name, bool entries)
{
    const char *row = "wal-append-batch-1000";
    if (!peer::is_wanted(row)) return;
    std::string folder = peer::empty_folder("rocksdb-log");
    auto db = open(folder, log_options());
    std::string record(kRecord, 'r');
    rocksdb::WriteBatch batch;
    uint64_t next = 0;
    peer::wall_row(row, name, kBatch * kBatches, [&] {
        for (int b = 0; b < kBatches; b++) {
            batch.Clear();
            for (int i = 0; i < kBatch; i++)
                must(entries ? batch.Put(number(next++), record) : batch.PutLogData(record));
            must(db->Write(synced(), &batch));
        }
    });
    rocksdb::VectorLogPtr logs;
    must(db->GetSortedWalFiles(logs));
    uint64_t size = 0;
    for (const auto &log : logs) size += log->SizeFileBytes();
    if (size < uint64_t{kBatch} * kBatches * (1 + peer::kWallSamples) * kRecord)
        peer::die("rocksdb: records are missing in the log: " + std::to_string(size));
    must(db->Close());
    std::filesystem::remove_all(folder);
}

} // namespace

int main(int argc, char **argv)
{
    peer::command_line(argc, argv);
    append_64("rocksdb", false);
    append_64("rocksdb pipelined", true);
    append_batch("rocksdb", true);
    append_batch("rocksdb log data", false);
    return 0;
}
