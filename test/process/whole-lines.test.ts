import t from "tap";
import { linePages, wholeLines } from "../../src/process/index.ts";

async function pieces(...chunks: string[]): Promise<string[]> {
  const bytes = async function* (): AsyncGenerator<Buffer> {
    for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
  };
  const found: string[] = [];
  for await (const piece of wholeLines(bytes())) found.push(piece.toString());
  return found;
}

t.test("pieces end where lines end, however the bytes came", async (t) => {
  t.same(await pieces("a\nb\n", "c\n"), ["a\nb\n", "c\n"]);
  t.same(await pieces("a\nb", "", "c", "d\ne\nf"), ["a\n", "bcd\ne\n", "f"]);
  t.same(await pieces("\n", "no end"), ["\n", "no end"]);
  t.same(await pieces(), []);
});

t.test("what a program prints comes as pages of whole lines, and its failure is an error", async (t) => {
  const print = async (script: string): Promise<string> => {
    let text = "";
    for await (const page of linePages("sh", ["-c", script])) text += page.toString();
    return text;
  };
  t.equal(await print("printf 'a\\n\\nb'"), "a\n\nb");
  await t.rejects(print("echo a; echo why >&2; exit 3"), /code 3: why/);
});
