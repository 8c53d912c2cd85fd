// The rows of the log and of the store in RocksDB.
//
//   peer-rocksdb --inputs DIR --scratch DIR [ROW...]
//
// prints one JSON line for each row and way.
#include "peer.hpp"

#include <array>
#include <cstring>
#include <memory>
#include <thread>

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

namespace
{

constexpr int kWriters = 64, kRecords = 20, kBatch = 1000, kBatches = 20;
constexpr size_t kRecord = 1024;
constexpr uint64_t kEntries = 10000000, kPuts = 100000, kReads = 1000;
constexpr size_t kKey = 32, kValue = 80;

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
    std::string record = peer::log_record(kRecord);
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
    std::string record = peer::log_record(kRecord);
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

// The entries of src/cli/bench/rows_kv.c.
template <size_t N> using Bytes = std::array<char, N>;

template <size_t N> rocksdb::Slice slice(const Bytes<N> &bytes)
{
    return {bytes.data(), N};
}

template <size_t N> void fill(uint64_t &state, Bytes<N> &to)
{
    for (size_t i = 0; i < N; i += 8) {
        uint64_t draw = peer::random(state);
        memcpy(to.data() + i, &draw, 8);
    }
}

struct Entry {
    uint64_t number;
    Bytes<kKey> key;

    explicit Entry(uint64_t n = 0) : number(n), key()
    {
        uint64_t state = n;
        fill(state, key);
    }

    Bytes<kValue> first_value() const
    {
        uint64_t state = number;
        Bytes<kKey> skipped;
        Bytes<kValue> value;
        fill(state, skipped);
        fill(state, value);
        return value;
    }

    bool operator<(const Entry &other) const
    {
        return memcmp(key.data(), other.key.data(), kKey) < 0;
    }
};

// How a read comes to a block: out of the store's cache, which holds all of them, or out of the
// file, mapped into memory.
enum class Blocks { cached, mapped };

// Nothing is compressed, and a read looks at one table: there is one sorted run.
rocksdb::Options store_options(Blocks blocks)
{
    rocksdb::BlockBasedTableOptions table;
    if (blocks == Blocks::cached)
        table.block_cache =
            rocksdb::HyperClockCacheOptions(size_t{4} << 30, 1224).MakeSharedCache();
    else
        table.no_block_cache = true;
    table.block_size = 1024;
    table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
    table.data_block_hash_table_util_ratio = 0.75;
    rocksdb::Options options;
    options.create_if_missing = true;
    options.compression = rocksdb::kNoCompression;
    options.allow_mmap_reads = blocks == Blocks::mapped;
    options.optimize_filters_for_hits = true;
    options.write_buffer_size = size_t{256} << 20;
    options.target_file_size_base = size_t{256} << 20;
    options.max_open_files = -1;
    options.max_background_jobs = 4;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    return options;
}

void load(rocksdb::DB &db, const std::string &folder)
{
    std::vector<Entry> entries;
    entries.reserve(kEntries);
    for (uint64_t i = 0; i < kEntries; i++) entries.emplace_back(i);
    std::sort(entries.begin(), entries.end());
    std::string path = folder + ".sst";
    rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), db.GetOptions());
    must(writer.Open(path));
    for (const Entry &entry : entries)
        must(writer.Put(slice(entry.key), slice(entry.first_value())));
    must(writer.Finish());
    rocksdb::IngestExternalFileOptions ingest;
    ingest.move_files = true;
    must(db.IngestExternalFile({path}, ingest));
    must(db.CompactRange(rocksdb::CompactRangeOptions(), nullptr, nullptr));
}

// The store, made by the first who asks; it stays for the next run.
std::unique_ptr<rocksdb::DB> open_store(Blocks blocks)
{
    std::string folder = peer::scratch + "/rocksdb-10m", done = folder + ".loaded";
    if (!std::filesystem::exists(done)) {
        peer::empty_folder("rocksdb-10m");
        load(*open(folder, store_options(blocks)), folder);
        std::ofstream(done).put('1');
    }
    return open(folder, store_options(blocks));
}

void read_10m(const char *name, Blocks blocks)
{
    const char *row = "kv-read-10m";
    if (!peer::is_wanted(row)) return;
    auto db = open_store(blocks);
    std::unique_ptr<rocksdb::Iterator> all(db->NewIterator(rocksdb::ReadOptions()));
    uint64_t count = 0, stream = 0x7265616473;
    for (all->SeekToFirst(); all->Valid(); all->Next()) count++;
    all.reset();
    if (count != kEntries) peer::die("rocksdb: entries are missing: " + std::to_string(count));
    rocksdb::PinnableSlice value;
    rocksdb::ReadOptions how;
    how.verify_checksums = blocks == Blocks::cached;
    peer::row(row, name, kReads, [&] {
        uint64_t sum = 0;
        for (uint64_t i = 0; i < kReads; i++) {
            Entry entry(peer::random(stream) % kEntries);
            value.Reset();
            must(db->Get(how, db->DefaultColumnFamily(), slice(entry.key), &value));
            uint64_t number;
            memcpy(&number, value.data(), 8);
            sum += number;
        }
        return sum;
    });
    value.Reset();
    must(db->Close());
}

void write_sorted()
{
    const char *row = "kv-write-sorted";
    if (!peer::is_wanted(row)) return;
    auto db = open_store(Blocks::cached);
    uint64_t stream = 0x777269746573, number = 0;
    std::vector<Entry> entries(kPuts);
    peer::wall_row(row, "rocksdb", kPuts, [&] {
        for (Entry &entry : entries) entry = Entry(peer::random(stream) % kEntries);
        std::sort(entries.begin(), entries.end());
        number++;
        rocksdb::WriteBatch batch;
        for (size_t i = 0; i < kPuts; i++) {
            if (i != 0 && entries[i].number == entries[i - 1].number) continue;
            uint64_t state = entries[i].number + (number << 32);
            Bytes<kValue> value;
            fill(state, value);
            must(batch.Put(slice(entries[i].key), slice(value)));
        }
        must(db->Write(synced(), &batch));
    });
    must(db->CompactRange(rocksdb::CompactRangeOptions(), nullptr, nullptr));
    must(db->Close());
}

} // namespace

int main(int argc, char **argv)
{
    peer::command_line(argc, argv);
    append_64("rocksdb", false);
    append_64("rocksdb pipelined", true);
    append_batch("rocksdb", true);
    append_batch("rocksdb log data", false);
    read_10m("rocksdb", Blocks::cached);
    read_10m("rocksdb mapped", Blocks::mapped);
    write_sorted();
    return 0;
}
