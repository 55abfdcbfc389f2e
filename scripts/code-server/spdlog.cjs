// Stands in for VS Code's native logger, which needs a compiler: without a logger VS Code writes no log, and its output
// channels stay empty. Same interface as @vscode/spdlog; log files are not rotated, as they live as long as a test.
const { appendFileSync, mkdirSync } = require("node:fs");
const path = require("node:path");

const levels = ["trace", "debug", "info", "warn", "error", "critical"];
let levelOfAll = 0;

class Logger {
  constructor(_type, _name, file) {
    mkdirSync(path.dirname(file), { recursive: true });
    appendFileSync(file, "");
    this.file = file;
    this.level = levelOfAll;
    this.plain = false;
  }
  write(level, message) {
    if (level < this.level) return;
    const time = new Date().toISOString().replace("T", " ").replace("Z", "");
    const warning = levels[level] === "warn" ? "warning" : levels[level];
    appendFileSync(this.file, this.plain ? message : `${time} [${warning}] ${message}\n`);
  }
  getLevel() {
    return this.level;
  }
  setLevel(level) {
    this.level = level;
  }
  clearFormatters() {
    this.plain = true;
  }
  setPattern() {}
  flush() {}
  drop() {}
}
for (const [level, name] of levels.entries()) {
  Logger.prototype[name] = function log(message) {
    this.write(level, message);
  };
}

const create = async (name, file) => new Logger("rotating", name, file);

// One by one, as VS Code imports these names from an ES module.
exports.version = 0;
exports.Logger = Logger;
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
exports.setFlushOn = () => {};
exports.setLevel = (level) => {
  levelOfAll = level;
};
