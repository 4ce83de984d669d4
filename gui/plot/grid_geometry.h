// SPDX-License-Identifier: Apache-2.0
//
// Which cell of the grid is which worker, at any size: a block for each process, its slots row by
// row in it, blocks from left to right and then down. Cells are as large as fit. Pure: tested
// without a window.
//
//   +----+ +----+      A block of 8 slots, 4 a row. Above it is room for a label where cells are
//   |WWWW| |WR__|      large enough to read one.
//   |WWW_| |____|
//   +----+ +----+
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace mpm::gui {

struct GridSpace {
  int width = 0;  // pixels that there are
  int height = 0;
};

// A worker: the process's place in the list, and the slot in it.
struct CellId {
  int process = 0;
  int slot = 0;

  bool operator==(const CellId&) const = default;
};

struct CellPlace {
  int x = 0;
  int y = 0;
};

class GridGeometry {
 public:
  GridGeometry() = default;
  // `slots`: of each process, those that are shown.
  GridGeometry(std::vector<int> slots, GridSpace space);

  int cell() const { return cell_; }  // its side in pixels
  int pitch() const { return cell_ + spacing_; }
  int label() const { return label_; }  // pixels above a block; 0: no label fits
  int height() const { return height_; }
  int processes() const { return static_cast<int>(slots_.size()); }
  int block_width() const { return columns_ * pitch(); }
  int block_height() const { return rows_ * pitch(); }
  bool fits() const { return height_ <= space_.height; }

  CellPlace place(CellId id) const;
  CellPlace block(int process) const;
  std::optional<CellId> at(int x, int y) const;

  // From one cell to another by the keyboard; stays where nothing is.
  CellId beside(CellId from, int steps) const;
  CellId below(CellId from, int rows) const;

 private:
  bool lay_out(int cell);

  std::vector<int> slots_;
  GridSpace space_;
  int cell_ = 0;
  int spacing_ = 0;
  int label_ = 0;
  int gap_ = 0;      // between blocks
  int columns_ = 1;  // cells in a row of a block
  int rows_ = 1;
  int across_ = 1;  // blocks in a row
  int height_ = 0;
};

}  // namespace mpm::gui
