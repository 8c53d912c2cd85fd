// libtrestle from C++.
//
//     c++ main.cpp $(pkg-config --cflags --libs trestle) -o main && ./main
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>

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

} // namespace

int main()
{
    std::cout << "trestle " << tr_version() << "\n";
    check(TR_OK);
    try {
        check(TR_E_SHORT);
    } catch (const Error &error) {
        std::cout << error.what() << "\n";
        return std::string(error.what()).rfind("TR_E_SHORT: ", 0) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    return EXIT_FAILURE;
}
