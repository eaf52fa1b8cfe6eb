namespace NeuralNetFromScratch.Hashes;

/// <summary>The start of a layer's weights for each initializer.</summary>
internal static class InitializerRecipes
{
    private static readonly (string Name, Initializer Initializer)[] Initializers =
    [
        (nameof(Initializer.Zeros), Initializer.Zeros), (nameof(Initializer.HeNormal), Initializer.HeNormal), (nameof(Initializer.HeUniform), Initializer.HeUniform),
        (nameof(Initializer.GlorotNormal), Initializer.GlorotNormal), (nameof(Initializer.GlorotUniform), Initializer.GlorotUniform),
        (nameof(Initializer.LeCunNormal), Initializer.LeCunNormal), (nameof(Initializer.LeCunUniform), Initializer.LeCunUniform),
        (nameof(Initializer.Orthogonal), Initializer.Orthogonal(1.5f)), (nameof(Initializer.Constant), Initializer.Constant(0.1f)),
        (nameof(Initializer.Normal), Initializer.Normal(0.3f)), (nameof(Initializer.Uniform), Initializer.Uniform(-0.5f, 0.5f)),
    ];

    public static IReadOnlyList<Recipe> All { get; } =
    [
        .. Initializers.Select(entry => new Recipe(
            NameOf(entry.Name), (_, digest) => digest.Add(new Sequential([31], 7, new Dense(23, null, entry.Initializer, entry.Initializer == Initializer.Zeros ? null : Initializer.Constant(1)))))),
    ];

    public static string NameOf(string member) => $"initializer {member}";
}
