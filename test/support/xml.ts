import { SaxesParser } from "saxes";

/** An element of an XML document. */
export interface Element {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: Element[];
  /** The text directly in it. */
  text: string;
}

/**
 * Reads an XML document by a parser that takes nothing but well-formed XML.
 *
 * @throws Error for what is not well-formed
 */
export function parseXml(document: string): Element {
  const top: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [top];
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element: Element = { name, attributes, children: [], text: "" };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on("text", (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.on("closetag", () => void open.pop());
  parser.write(document).close();
  const [root] = top.children;
  if (root === undefined) throw new Error("no element");
  return root;
}
