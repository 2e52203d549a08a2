/** The part of a map that is looked at: columns from x0 to x1, rows from y0 to y1. */
export class View {
  constructor(columns, rows) {
    this.columns = columns;
    this.rows = rows;
    this.fit();
  }

  fit() {
    Object.assign(this, { x0: 0, x1: Math.max(1, this.columns), y0: 0, y1: Math.max(1, this.rows) });
  }

  /** Of another map: all of it where it is of another size. */
  resize(columns, rows) {
    if (columns === this.columns && rows === this.rows) return;
    Object.assign(this, { columns, rows });
    this.fit();
  }

  /** Closer by a factor, around a point of the view in shares of it. */
  zoom(factor, across = 0.5, down = 0.5) {
    const width = this.#width(factor, this.columns, this.x1 - this.x0);
    const height = this.#width(factor, this.rows, this.y1 - this.y0);
    const x = this.x0 + across * (this.x1 - this.x0);
    const y = this.y0 + down * (this.y1 - this.y0);
    this.#place(x - across * width, y - down * height, width, height);
  }

  #width(factor, all, now) {
    return Math.max(1, Math.min(all, Math.max(4, now / factor)));
  }

  /** Moved by shares of the view. */
  pan(across, down) {
    const [width, height] = [this.x1 - this.x0, this.y1 - this.y0];
    this.#place(this.x0 + across * width, this.y0 + down * height, width, height);
  }

  /** Moved as little as it takes to show a cell. */
  show(column, row) {
    const [width, height] = [this.x1 - this.x0, this.y1 - this.y0];
    const near = (first, size, at) => Math.min(Math.max(first, at + 1 - size), at);
    this.#place(near(this.x0, width, column), near(this.y0, height, row), width, height);
  }

  #place(x, y, width, height) {
    this.x0 = Math.max(0, Math.min(x, Math.max(1, this.columns) - width));
    this.y0 = Math.max(0, Math.min(y, Math.max(1, this.rows) - height));
    this.x1 = this.x0 + width;
    this.y1 = this.y0 + height;
  }

  /** The cell at a point in shares of the view. */
  cellAt(across, down) {
    const within = (value, count) => Math.max(0, Math.min(count - 1, Math.floor(value)));
    return {
      column: within(this.x0 + across * (this.x1 - this.x0), this.columns),
      row: within(this.y0 + down * (this.y1 - this.y0), this.rows),
    };
  }
}
