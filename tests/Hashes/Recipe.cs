using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Hashes;

/// <summary>Something computed, whose bits are the same on every processor.</summary>
/// <param name="Name">What it is about: a part, or a whole training.</param>
/// <param name="Run">Computes it on registers of a width, and adds its bits to a digest.</param>
internal sealed record Recipe(string Name, Action<SimdWidth, Digest> Run)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Recipe> All { get; } = [.. PartRecipes.All, .. InitializerRecipes.All, .. WholeRecipes.All];

    /// <summary>The hash on registers of a width.</summary>
    public string Hash(SimdWidth width)
    {
        var digest = new Digest();
        Run(width, digest);
        return digest.ToString();
    }

    /// <summary>The lines of a file of hashes, which <see cref="Line"/> makes.</summary>
    public static Dictionary<string, string> Read(string path) =>
        File.ReadLines(path).Where(line => line.Length > 18).ToDictionary(line => line[18..], line => line[..16]);

    public string Line(SimdWidth width) => $"{Hash(width)}  {Name}";

    public override string ToString() => Name;
}
