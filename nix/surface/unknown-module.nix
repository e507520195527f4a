# Stands for a module that NIX_PATH should lead to and does not, so that the rest of a host can still be judged.
{ ... }: { }
