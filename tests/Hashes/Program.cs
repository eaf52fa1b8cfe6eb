using NeuralNetFromScratch;
using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Hashes;

// usage: Hashes          prints a hash for each part and training, which are those of hashes.txt on every processor
//        Hashes FILE     compares with a file, and names what differs
foreach (string kind in PartRecipes.Missing)
    Console.Error.WriteLine($"no hash: {kind}, which needs settings and has no line in PartRecipes");
if (args.Length == 0)
{
    foreach (Recipe recipe in Recipe.All)
        Console.WriteLine(recipe.Line(SimdWidths.BestFused));
    return 0;
}

Dictionary<string, string> expected = Recipe.Read(args[0]);
string[] different = [.. Recipe.All.Where(recipe => expected.GetValueOrDefault(recipe.Name) != recipe.Hash(SimdWidths.BestFused)).Select(recipe => recipe.Name)];
string processor = $"{System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture}, {new Engine(2, SimdWidths.BestFused)}";
foreach (string name in different)
    Console.WriteLine($"other bits: {name}");
Console.WriteLine($"{Recipe.All.Count - different.Length} of {Recipe.All.Count} hashes are equal ({processor})");
return different.Length == 0 ? 0 : 1;
