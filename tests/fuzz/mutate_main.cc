// Runs a libFuzzer target without libFuzzer: random bytes and mutations of the seed files named on the
// command line, the same ones every time. It finds what a parser does wrong at once; a night of libFuzzer
// (-DFUZZ=ON with clang) finds the rest.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr int kInputs = 20'000;

std::string RandomBytes(std::mt19937_64& dice) {
  std::string bytes(dice() % 300, '\0');
  std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<char>(dice()); });
  return bytes;
}

// One to four small changes: a byte, a bit, a cut, a doubled piece, a piece of another seed.
std::string Mutate(std::string bytes, const std::vector<std::string>& seeds, std::mt19937_64& dice) {
  for (uint64_t changes = 1 + dice() % 4; changes > 0 && !bytes.empty(); --changes) {
    const size_t at = dice() % bytes.size();
    const size_t length = 1 + dice() % std::min<size_t>(32, bytes.size() - at);
    const std::string& other = seeds[dice() % seeds.size()];
    switch (dice() % 6) {
      case 0:
        bytes[at] = static_cast<char>(dice());
        break;
      case 1:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << dice() % 8));
        break;
      case 2:
        bytes.erase(at, length);
        break;
      case 3:
        bytes.insert(at, bytes.substr(at, length));
        break;
      case 4:
        bytes.resize(at);
        break;
      default:
        if (!other.empty()) bytes.insert(at, other.substr(dice() % other.size(), length));
    }
  }
  return bytes;
}

void Run(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> seeds = {"", std::string(200, '\0'), std::string(200, '\xff')};
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  std::mt19937_64 dice(20261125);  // NOLINT(cert-msc51-cpp): the same inputs every time
  for (const std::string& seed : seeds) Run(seed);
  for (int i = 0; i < kInputs; ++i) {
    Run(i % 4 == 0 ? RandomBytes(dice) : Mutate(seeds[dice() % seeds.size()], seeds, dice));
  }
  std::printf("%zu seeds, %d inputs\n", seeds.size(), kInputs);
  return 0;
}
