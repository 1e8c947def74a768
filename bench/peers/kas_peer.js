// Khan Academy's KAS over a pipe. NODE_PATH names the folder of `make peers`.
const KAS = require("@khanacademy/kas");
const lines = require("readline").createInterface({ input: process.stdin });

function verdict(asked) {
  const left = KAS.parse(asked.student);
  const right = KAS.parse(asked.reference);
  if (!left.parsed || !right.parsed) return "unreadable";
  return KAS.compare(left.expr, right.expr).equal ? "equal" : "different";
}

lines.on("line", (line) => {
  let found;
  try {
    found = verdict(JSON.parse(line));
  } catch (error) {
    found = "error " + error.name;
  }
  process.stdout.write(JSON.stringify({ verdict: found }) + "\n");
});
