/*
  Whether an unknown option is a known one misspelt. The surface does not have every option of every service, so an
  unknown name may well exist in NixOS; a name that is one slip of the fingers from a known one beside it does not.

  isSlip known name: one letter too many, too few, another, or two neighbours swapped; names of five letters and
  more. A plural is no slip, nor is a digit: NixOS has both `package` and `packages`, `nssmdns4` and `nssmdns6`.
*/
{ lists }:
let
  inherit (builtins) stringLength substring;

  reverse = text: builtins.concatStringsSep "" (lists.reverseList (characters text));
  characters = text: builtins.genList (at: substring at 1 text) (stringLength text);
  drop = count: text: substring count (-1) text;

  # Both texts without what they begin with alike.
  unlike =
    pair:
    if pair.left != "" && pair.right != "" && substring 0 1 pair.left == substring 0 1 pair.right then
      unlike {
        left = drop 1 pair.left;
        right = drop 1 pair.right;
      }
    else
      pair;

  isPlural = known: name: name == known + "s" || known == name + "s";
in
{
  isSlip =
    known: name:
    let
      ends = unlike {
        left = known;
        right = name;
      };
      middle = unlike {
        left = reverse ends.left;
        right = reverse ends.right;
      };
      lengths = [
        (stringLength middle.left)
        (stringLength middle.right)
      ];
      swapped = stringLength middle.left == 2 && middle.left == reverse middle.right;
    in
    known != name
    && stringLength known >= 5
    && !(isPlural known name)
    && builtins.match ".*[0-9].*" (middle.left + middle.right) == null
    && (swapped || builtins.all (length: length <= 1) lengths);
}
