/**
 * Whose behaviour is wanted where Alloy and Promtail differ over one and the same configuration. Promtail composes
 * stage.docker and stage.cri of simpler stages, so that lines that are not quite in their format end differently;
 * keeps the carriage return at the end of a file's line; takes "1.25" for 0 where a template wants an integer; and
 * does not know labels_from_groups of stage.regex.
 * What Alloy can be told to do as Promtail does is no matter of the dialect: the conversion writes it out.
 */
export type Dialect = "alloy" | "promtail";
