#include "harness.h"

#include "keys/hd.h"

/* Test vectors 1 to 4 of BIP-32; 3 and 4 are about leading zeros. */
static const struct {
    const char *seed, *path, *public, *private;
} cases[] = {
    {"000102030405060708090a0b0c0d0e0f", "m",
     "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2g"
     "Z29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8",
     "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiC"
     "hkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"},
    {"000102030405060708090a0b0c0d0e0f", "m/0'",
     "xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEjWgP6"
     "LHhwBZeNK1VTsfTFUHCdrfp1bgwQ9xv5ski8PX9rL2dZXvgGDnw",
     "xprv9uHRZZhk6KAJC1avXpDAp4MDc3sQKNxDiPvvkX8Br5ngLNv1TxvUxt4c"
     "V1rGL5hj6KCesnDYUhd7oWgT11eZG7XnxHrnYeSvkzY7d2bhkJ7"},
    {"000102030405060708090a0b0c0d0e0f", "m/0'/1",
     "xpub6ASuArnXKPbfEwhqN6e3mwBcDTgzisQN1wXN9BJcM47sSikHjJf3UFHK"
     "kNAWbWMiGj7Wf5uMash7SyYq527Hqck2AxYysAA7xmALppuCkwQ",
     "xprv9wTYmMFdV23N2TdNG573QoEsfRrWKQgWeibmLntzniatZvR9BmLnvSxq"
     "u53Kw1UmYPxLgboyZQaXwTCg8MSY3H2EU4pWcQDnRnrVA1xe8fs"},
    {"000102030405060708090a0b0c0d0e0f", "m/0'/1/2'",
     "xpub6D4BDPcP2GT577Vvch3R8wDkScZWzQzMMUm3PWbmWvVJrZwQY4VUNgqF"
     "JPMM3No2dFDFGTsxxpG5uJh7n7epu4trkrX7x7DogT5Uv6fcLW5",
     "xprv9z4pot5VBttmtdRTWfWQmoH1taj2axGVzFqSb8C9xaxKymcFzXBDptWm"
     "T7FwuEzG3ryjH4ktypQSAewRiNMjANTtpgP4mLTj34bhnZX7UiM"},
    {"000102030405060708090a0b0c0d0e0f", "m/0'/1/2'/2",
     "xpub6FHa3pjLCk84BayeJxFW2SP4XRrFd1JYnxeLeU8EqN3vDfZmbqBqaGJA"
     "yiLjTAwm6ZLRQUMv1ZACTj37sR62cfN7fe5JnJ7dh8zL4fiyLHV",
     "xprvA2JDeKCSNNZky6uBCviVfJSKyQ1mDYahRjijr5idH2WwLsEd4Hsb2Tyh"
     "8RfQMuPh7f7RtyzTtdrbdqqsunu5Mm3wDvUAKRHSC34sJ7in334"},
    {"000102030405060708090a0b0c0d0e0f", "m/0'/1/2'/2/1000000000",
     "xpub6H1LXWLaKsWFhvm6RVpEL9P4KfRZSW7abD2ttkWP3SSQvnyA8FSVqNTE"
     "cYFgJS2UaFcxupHiYkro49S8yGasTvXEYBVPamhGW6cFJodrTHy",
     "xprvA41z7zogVVwxVSgdKUHDy1SKmdb533PjDz7J6N6mV6uS3ze1ai8FHa8k"
     "mHScGpWmj4WggLyQjgPie1rFSruoUihUZREPSL39UNdE3BBDu76"},
    {"fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a2"
     "9f9c999693908d8a8784817e7b7875726f6c696663605d5a5754514e4b484542",
     "m",
     "xpub661MyMwAqRbcFW31YEwpkMuc5THy2PSt5bDMsktWQcFF8syAmRUapSCG"
     "u8ED9W6oDMSgv6Zz8idoc4a6mr8BDzTJY47LJhkJ8UB7WEGuduB",
     "xprv9s21ZrQH143K31xYSDQpPDxsXRTUcvj2iNHm5NUtrGiGG5e2DtALGdso"
     "3pGz6ssrdK4PFmM8NSpSBHNqPqm55Qn3LqFtT2emdEXVYsCzC2U"},
    {"fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a2"
     "9f9c999693908d8a8784817e7b7875726f6c696663605d5a5754514e4b484542",
     "m/0",
     "xpub69H7F5d8KSRgmmdJg2KhpAK8SR3DjMwAdkxj3ZuxV27CprR9LgpeyGmX"
     "UbC6wb7ERfvrnKZjXoUmmDznezpbZb7ap6r1D3tgFxHmwMkQTPH",
     "xprv9vHkqa6EV4sPZHYqZznhT2NPtPCjKuDKGY38FBWLvgaDx45zo9WQRUT3"
     "dKYnjwih2yJD9mkrocEZXo1ex8G81dwSM1fwqWpWkeS3v86pgKt"},
    {"fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a2"
     "9f9c999693908d8a8784817e7b7875726f6c696663605d5a5754514e4b484542",
     "m/0/2147483647'",
     "xpub6ASAVgeehLbnwdqV6UKMHVzgqAG8Gr6riv3Fxxpj8ksbH9ebxaEyBLZ8"
     "5ySDhKiLDBrQSARLq1uNRts8RuJiHjaDMBU4Zn9h8LZNnBC5y4a",
     "xprv9wSp6B7kry3Vj9m1zSnLvN3xH8RdsPP1Mh7fAaR7aRLcQMKTR2vidYEe"
     "Eg2mUCTAwCd6vnxVrcjfy2kRgVsFawNzmjuHc2YmYRmagcEPdU9"},
    {"fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a2"
     "9f9c999693908d8a8784817e7b7875726f6c696663605d5a5754514e4b484542",
     "m/0/2147483647'/1",
     "xpub6DF8uhdarytz3FWdA8TvFSvvAh8dP3283MY7p2V4SeE2wyWmG5mg5EwV"
     "vmdMVCQcoNJxGoWaU9DCWh89LojfZ537wTfunKau47EL2dhHKon",
     "xprv9zFnWC6h2cLgpmSA46vutJzBcfJ8yaJGg8cX1e5StJh45BBciYTRXSd2"
     "5UEPVuesF9yog62tGAQtHjXajPPdbRCHuWS6T8XA2ECKADdw4Ef"},
    {"fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a2"
     "9f9c999693908d8a8784817e7b7875726f6c696663605d5a5754514e4b484542",
     "m/0/2147483647'/1/2147483646'",
     "xpub6ERApfZwUNrhLCkDtcHTcxd75RbzS1ed54G1LkBUHQVHQKqhMkhgbmJb"
     "ZRkrgZw4koxb5JaHWkY4ALHY2grBGRjaDMzQLcgJvLJuZZvRcEL",
     "xprvA1RpRA33e1JQ7ifknakTFpgNXPmW2YvmhqLQYMmrj4xJXXWYpDPS3xz7"
     "iAxn8L39njGVyuoseXzU6rcxFLJ8HFsTjSyQbLYnMpCqE2VbFWc"},
    {"fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a2"
     "9f9c999693908d8a8784817e7b7875726f6c696663605d5a5754514e4b484542",
     "m/0/2147483647'/1/2147483646'/2",
     "xpub6FnCn6nSzZAw5Tw7cgR9bi15UV96gLZhjDstkXXxvCLsUXBGXPdSnLFb"
     "dpq8p9HmGsApME5hQTZ3emM2rnY5agb9rXpVGyy3bdW6EEgAtqt",
     "xprvA2nrNbFZABcdryreWet9Ea4LvTJcGsqrMzxHx98MMrotbir7yrKCEXw7"
     "nadnHM8Dq38EGfSh6dqA9QWTyefMLEcBYJUuekgW4BYPJcr9E7j"},
    {"4b381541583be4423346c643850da4b320e46a87ae3d2a4e6da11eba819cd4ac"
     "ba45d239319ac14f863b8d5ab5a0d0c64d2e8a1e7d1457df2e5a3c51c73235be",
     "m",
     "xpub661MyMwAqRbcEZVB4dScxMAdx6d4nFc9nvyvH3v4gJL378CSRZiYmhRo"
     "P7mBy6gSPSCYk6SzXPTf3ND1cZAceL7SfJ1Z3GC8vBgp2epUt13",
     "xprv9s21ZrQH143K25QhxbucbDDuQ4naNntJRi4KUfWT7xo4EKsHt2QJDu7K"
     "Xp1A3u7Bi1j8ph3EGsZ9Xvz9dGuVrtHHs7pXeTzjuxBrCmmhgC6"},
    {"4b381541583be4423346c643850da4b320e46a87ae3d2a4e6da11eba819cd4ac"
     "ba45d239319ac14f863b8d5ab5a0d0c64d2e8a1e7d1457df2e5a3c51c73235be",
     "m/0'",
     "xpub68NZiKmJWnxxS6aaHmn81bvJeTESw724CRDs6HbuccFQN9Ku14VQrADW"
     "gqbhhTHBaohPX4CjNLf9fq9MYo6oDaPPLPxSb7gwQN3ih19Zm4Y",
     "xprv9uPDJpEQgRQfDcW7BkF7eTya6RPxXeJCqCJGHuCJ4GiRVLzkTXBAJMu2"
     "qaMWPrS7AANYqdq6vcBcBUdJCVVFceUvJFjaPdGZ2y9WACViL4L"},
    {"3ddd5602285899a946114506157c7997e5444528f3003f6134712147db19b678", "m",
     "xpub661MyMwAqRbcGczjuMoRm6dXaLDEhW1u34gKenbeYqAix21mdUKJyuyu"
     "5F1rzYGVxyL6tmgBUAEPrEz92mBXjByMRiJdba9wpnN37RLLAXa",
     "xprv9s21ZrQH143K48vGoLGRPxgo2JNkJ3J3fqkirQC2zVdk5Dgd5w14S7fR"
     "DyHH4dWNHUgkvsvNDCkvAwcSHNAQwhwgNMgZhLtQC63zxwhQmRv"},
    {"3ddd5602285899a946114506157c7997e5444528f3003f6134712147db19b678", "m/0'",
     "xpub69AUMk3qDBi3uW1sXgjCmVjJ2G6WQoYSnNHyzkmdCHEhSZ4tBok37xfF"
     "EqHd2AddP56Tqp4o56AePAgCjYdvpW2PU2jbUPFKsav5ut6Ch1m",
     "xprv9vB7xEWwNp9kh1wQRfCCQMnZUEG21LpbR9NPCNN1dwhiZkjjeGRnaALm"
     "PXCX7SgjFTiCTT6bXes17boXtjq3xLpcDjzEuGLQBM5ohqkao9G"},
    {"3ddd5602285899a946114506157c7997e5444528f3003f6134712147db19b678", "m/0'/1'",
     "xpub6BJA1jSqiukeaesWfxe6sNK9CCGaujFFSJLomWHprUL9DePQ4JDkM5d8"
     "8n49sMGJxrhpjazuXYWdMf17C9T5XnxkopaeS7jGk1GyyVziaMt",
     "xprv9xJocDuwtYCMNAo3Zw76WENQeAS6WGXQ55RCy7tDJ8oALr4FWkuVoHJe"
     "HVAcAqiZLE7Je3vZJHxspZdFHfnBEjHqU5hG1Jaj32dVoS6XLT1"},
};

TR_TEST(the_vectors_of_bip_32)
{
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_hd_key master, key, read, public;
        char text[TR_BASE58_TEXT_MAX];
        TR_CHECK_OK(tr_hd_master(tr_test_hex(cases[i].seed), &master));
        TR_CHECK_OK(tr_hd_path(NULL, &master, tr_bytes_str(cases[i].path), &key));
        TR_CHECK_OK(tr_hd_encode(&key, text));
        TR_CHECK_STR(text, cases[i].private);
        public = tr_hd_public(&key);
        TR_CHECK_OK(tr_hd_encode(&public, text));
        TR_CHECK_STR(text, cases[i].public);

        TR_CHECK_OK(tr_hd_decode(NULL, tr_bytes_str(cases[i].private), &read));
        TR_CHECK(read.is_private && read.depth == key.depth && read.number == key.number);
        TR_CHECK_BYTES(TR_VIEW(read.key.b), TR_VIEW(key.key.b));
        TR_CHECK_BYTES(TR_VIEW(read.chain), TR_VIEW(key.chain));
        TR_CHECK_OK(tr_hd_decode(NULL, tr_bytes_str(cases[i].public), &read));
        TR_CHECK(!read.is_private);
        TR_CHECK_BYTES(tr_bytes_of(&read.pubkey, 64), tr_bytes_of(&key.pubkey, 64));
    }
}

/* Test vector 5 of BIP-32: extended keys that are none, each in its own way. */
static const struct {
    const char *text;
    tr_err err;
} bad_keys[] = {
    {"xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU"
     "6LBpB85b3D2yc8sfvZU521AAwdZafEz7mnzBBsz4wKY5fTtTQBm",
     TR_E_POINT},
    {"xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZz"
     "FGTQQD3dC4H2D5GBj7vWvSQaaBv5cxi9gafk7NF3pnBju6dwKvH",
     TR_E_HD_KEY},
    {"xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU"
     "6Txnt3siSujt9RCVYsx4qHZGc62TG4McvMGcAUjeuwZdduYEvFn",
     TR_E_POINT},
    {"xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZz"
     "FGpWnsj83BHtEy5Zt8CcDr1UiRXuWCmTQLxEK9vbz5gPstX92JQ",
     TR_E_HD_KEY},
    {"xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU"
     "6N8ZMMXctdiCjxTNq964yKkwrkBJJwpzZS4HS2fxvyYUA4q2Xe4",
     TR_E_POINT},
    {"xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZz"
     "FAzHGBP2UuGCqWLTAPLcMtD9y5gkZ6Eq3Rjuahrv17fEQ3Qen6J",
     TR_E_HD_KEY},
    {"xprv9s2SPatNQ9Vc6GTbVMFPFo7jsaZySyzk7L8n2uqKXJen3KUmvQNTuLh3"
     "fhZMBoG3G4ZW1N2kZuHEPY53qmbZzCHshoQnNf4GvELZfqTUrcv",
     TR_E_HD_KEY},
    {"xpub661no6RGEX3uJkY4bNnPcw4URcQTrSibUZ4NqJEw5eBkv7ovTwgiT91X"
     "X27VbEXGENhYRCf7hyEbWrR3FewATdCEebj6znwMfQkhRYHRLpJ",
     TR_E_HD_KEY},
    {"xprv9s21ZrQH4r4TsiLvyLXqM9P7k1K3EYhA1kkD6xuquB5i39AU8KF42acD"
     "yL3qsDbU9NmZn6MsGSUYZEsuoePmjzsB3eFKSUEh3Gu1N3cqVUN",
     TR_E_HD_KEY},
    {"xpub661MyMwAuDcm6CRQ5N4qiHKrJ39Xe1R1NyfouMKTTWcguwVcfrZJaNvh"
     "pebzGerh7gucBvzEQWRugZDuDXjNDRmXzSZe4c7mnTK97pTvGS8",
     TR_E_HD_KEY},
    {"DMwo58pR1QLEFihHiXPVykYB6fJmsTeHvyTp7hRThAtCX8CvYzgPcn8Xnmdf"
     "HGMQzT7ayAmfo4z3gY5KfbrZWZ6St24UVf2Qgo6oujFktLHdHY4",
     TR_E_HD_KEY},
    {"DMwo58pR1QLEFihHiXPVykYB6fJmsTeHvyTp7hRThAtCX8CvYzgPcn8Xnmdf"
     "HPmHJiEDXkTiJTVV9rHEBUem2mwVbbNfvT2MTcAqj3nesx8uBf9",
     TR_E_HD_KEY},
    {"xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZz"
     "F93Y5wvzdUayhgkkFoicQZcP3y52uPPxFnfoLZB21Teqt1VvEHx",
     TR_E_KEY_RANGE},
    {"xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZz"
     "FAzHGBP2UuGCqWLTAPLcMtD5SDKr24z3aiUvKr9bJpdrcLg1y3G",
     TR_E_KEY_RANGE},
    {"xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU"
     "6Q5JXayek4PRsn35jii4veMimro1xefsM58PgBMrvdYre8QyULY",
     TR_E_POINT},
    {"xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiC"
     "hkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHL",
     TR_E_CHECKSUM},
};

TR_TEST(extended_keys_that_are_none)
{
    for (size_t i = 0; i < TR_COUNTOF(bad_keys); i++) {
        tr_hd_key key;
        TR_CHECK_ERR(tr_hd_decode(NULL, tr_bytes_str(bad_keys[i].text), &key), bad_keys[i].err);
        for (size_t k = 0; k < 32; k++) TR_CHECK_EQ(key.key.b[k], 0); /* nothing stays behind */
    }
}

TR_PROP(public_and_private_derivation_agree)
{
    uint8_t seed[64];
    size_t len = 16 + tr_gen_below(g, 49);
    tr_hd_key master, public, a, b;
    uint32_t number = (uint32_t)tr_gen_u64(g);
    tr_gen_fill(g, seed, len);
    TR_CHECK_OK(tr_hd_master(tr_bytes_of(seed, len), &master));
    public = tr_hd_public(&master);
    TR_CHECK_OK(tr_hd_child(&master, number, &a));
    if (number >= TR_HD_HARDENED) {
        TR_CHECK_ERR(tr_hd_child(&public, number, &b), TR_E_HD_HARDENED);
        return;
    }
    TR_CHECK_OK(tr_hd_child(&public, number, &b));
    char a_text[TR_BASE58_TEXT_MAX], b_text[TR_BASE58_TEXT_MAX];
    tr_hd_key a_public = tr_hd_public(&a);
    TR_CHECK_OK(tr_hd_encode(&a_public, a_text));
    TR_CHECK_OK(tr_hd_encode(&b, b_text));
    TR_CHECK_STR(a_text, b_text);
}

TR_TEST(paths_that_are_none)
{
    static const struct {
        const char *path;
        uint64_t offset;
        tr_err err;
    } bad[] = {
        {"", 0, TR_E_HD_PATH},
        {"M", 0, TR_E_HD_PATH},
        {"44'/60'", 0, TR_E_HD_PATH},
        {"m/", 2, TR_E_HD_PATH},
        {"m//1", 2, TR_E_HD_PATH},
        {"m/1/", 4, TR_E_HD_PATH},
        {"m/1x", 3, TR_E_HD_PATH},
        {"m/-1", 2, TR_E_HD_PATH},
        {"m/01", 2, TR_E_HD_PATH},
        {"m/1''", 4, TR_E_HD_PATH},
        {"m/2147483648", 2, TR_E_HD_PATH},
        {"m/99999999999999999999999", 2, TR_E_HD_PATH},
    };
    tr_hd_key master, key;
    TR_CHECK_OK(tr_hd_master(tr_test_hex(cases[0].seed), &master));
    for (size_t i = 0; i < TR_COUNTOF(bad); i++) {
        tr_trail trail;
        TR_CHECK_ERR(tr_hd_path(&trail, &master, tr_bytes_str(bad[i].path), &key), bad[i].err);
        TR_CHECK_EQ(trail.offset, bad[i].offset);
    }
    tr_hd_key public = tr_hd_public(&master), same;
    TR_CHECK_ERR(tr_hd_path(NULL, &public, TR_LIT("m/0'"), &key), TR_E_HD_HARDENED);
    TR_CHECK_OK(tr_hd_path(NULL, &master, TR_LIT("m/0h/1/2H"), &key));
    TR_CHECK_OK(tr_hd_path(NULL, &master, TR_LIT("m/0'/1/2'"), &same));
    TR_CHECK_BYTES(TR_VIEW(key.key.b), TR_VIEW(same.key.b));
}

TR_TEST(a_tree_has_255_levels)
{
    tr_hd_key key;
    TR_CHECK_OK(tr_hd_master(tr_test_hex(cases[0].seed), &key));
    for (int i = 0; i < 255; i++) {
        tr_hd_key child;
        TR_CHECK_OK(tr_hd_child(&key, 0, &child));
        key = child;
    }
    TR_CHECK_EQ(key.depth, 255);
    tr_hd_key child;
    TR_CHECK_ERR(tr_hd_child(&key, 0, &child), TR_E_DEPTH);
}

TR_TEST(seeds_have_16_to_64_bytes)
{
    static const uint8_t seed[65] = {1};
    tr_hd_key key;
    TR_CHECK_ERR(tr_hd_master(tr_bytes_of(seed, 15), &key), TR_E_RANGE);
    TR_CHECK_ERR(tr_hd_master(tr_bytes_of(seed, 65), &key), TR_E_RANGE);
    TR_CHECK_OK(tr_hd_master(tr_bytes_of(seed, 16), &key));
    TR_CHECK_OK(tr_hd_master(tr_bytes_of(seed, 64), &key));
}

/* The genesis block's address, and leading zeros, are long known. */
TR_TEST(base58check_of_known_bytes)
{
    char text[TR_BASE58_TEXT_MAX];
    TR_CHECK_OK(
        tr_base58check_encode(tr_test_hex("0062e907b15cbf27d5425399ebf6f0fb50ebb88f18"), text));
    TR_CHECK_STR(text, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa");
    TR_CHECK_OK(tr_base58check_encode((tr_bytes){NULL, 0}, text));
    TR_CHECK_STR(text, "3QJmnh"); /* the checksum of nothing, 5df6e0e2 */
}

TR_PROP(base58check_is_read_as_it_is_written)
{
    uint8_t bytes[TR_BASE58_BYTES_MAX], back[TR_BASE58_BYTES_MAX];
    char text[TR_BASE58_TEXT_MAX];
    size_t len = tr_gen_below(g, sizeof(bytes) + 1), zeros = tr_gen_below(g, len + 1), back_len;
    tr_gen_fill(g, bytes, len);
    if (tr_gen_bool(g)) memset(bytes, 0, zeros);
    TR_CHECK_OK(tr_base58check_encode(tr_bytes_of(bytes, len), text));
    TR_CHECK_OK(tr_base58check_decode(NULL, tr_bytes_str(text), back, &back_len));
    TR_CHECK_BYTES(tr_bytes_of(back, back_len), tr_bytes_of(bytes, len));
    size_t text_len = strlen(text), at = tr_gen_below(g, text_len);
    text[at] = text[at] == 'z' ? 'y' : 'z';
    TR_CHECK(tr_base58check_decode(NULL, tr_bytes_str(text), back, &back_len) != TR_OK);
    text[at] = "0OIl+/ \x80"[tr_gen_below(g, 8)];
    tr_trail trail;
    TR_CHECK_ERR(tr_base58check_decode(&trail, tr_bytes_str(text), back, &back_len), TR_E_SYNTAX);
    TR_CHECK_EQ(trail.offset, at);
}

TR_TEST(base58check_has_its_limits)
{
    static const uint8_t many[TR_BASE58_BYTES_MAX + 1] = {255};
    char text[TR_BASE58_TEXT_MAX + 1];
    uint8_t back[TR_BASE58_BYTES_MAX];
    size_t len;
    TR_CHECK_ERR(tr_base58check_encode(TR_VIEW(many), text), TR_E_LIMIT);
    memset(text, 'z', sizeof(text));
    TR_CHECK_ERR(tr_base58check_decode(NULL, tr_bytes_of(text, 175), back, &len), TR_E_LIMIT);
    TR_CHECK_ERR(tr_base58check_decode(NULL, tr_bytes_of(text, 176), back, &len), TR_E_LIMIT);
    TR_CHECK_ERR(tr_base58check_decode(NULL, tr_bytes_of(text, 174), back, &len), TR_E_CHECKSUM);
    memset(text, '1', sizeof(text));
    TR_CHECK_ERR(tr_base58check_decode(NULL, tr_bytes_of(text, 175), back, &len), TR_E_LIMIT);
    TR_CHECK_ERR(tr_base58check_decode(NULL, tr_bytes_of(text, 3), back, &len), TR_E_SHORT);
    TR_CHECK_ERR(tr_base58check_decode(NULL, (tr_bytes){NULL, 0}, back, &len), TR_E_SHORT);
    TR_CHECK_ERR(tr_base58check_decode(NULL, tr_bytes_of(text, 4), back, &len), TR_E_CHECKSUM);
}
