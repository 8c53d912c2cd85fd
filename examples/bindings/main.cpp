// libtrestle from C++.
//
//     c++ main.cpp $(pkg-config --cflags --libs trestle) -o main && ./main
#include <array>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

#include <trestle/trestle.h>

namespace
{

class Error : public std::runtime_error
{
public:
    explicit Error(tr_err code)
        : std::runtime_error(std::string(tr_err_name(code)) + ": " + tr_err_text(code))
    {
    }
};

void check(tr_err code)
{
    if (code != TR_OK) throw Error(code);
}

std::array<std::uint8_t, 32> keccak256(std::string_view text)
{
    std::array<std::uint8_t, 32> hash;
    tr_hash_keccak256(reinterpret_cast<const std::uint8_t *>(text.data()), text.size(), hash.data());
    return hash;
}

} // namespace

int main()
{
    std::cout << "trestle " << tr_version() << "\n";
    const auto hash = keccak256("transfer(address,uint256)");
    std::cout << "transfer(address,uint256) is " << std::hex;
    for (int i = 0; i < 4; i++) std::cout << int(hash[i]);
    std::cout << "\n";
    if (hash[0] != 0xa9 || hash[3] != 0xbb) return EXIT_FAILURE;
    check(TR_OK);
    try {
        check(TR_E_SHORT);
    } catch (const Error &error) {
        std::cout << error.what() << "\n";
        return std::string(error.what()).rfind("TR_E_SHORT: ", 0) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    return EXIT_FAILURE;
}
