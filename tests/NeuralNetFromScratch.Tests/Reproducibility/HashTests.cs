using System.Reflection;
using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Hashes;

namespace NeuralNetFromScratch.Tests.Reproducibility;

/// <summary>
/// Every part and whole trainings have the bits of hashes.txt, at every register width whose sums of products round once a step. After a change that is meant to change bits, the file is written
/// anew: <c>dotnet run -c Release --project tests/Hashes > tests/Hashes/hashes.txt</c>.
/// </summary>
public class HashTests
{
    private static readonly Dictionary<string, string> Expected = Recipe.Read(Path.Combine(AppContext.BaseDirectory, "hashes.txt"));

    private static IEnumerable<TestCaseData> Cases() =>
        from recipe in Recipe.All
        from width in Enum.GetValues<SimdWidth>()
        where width.MultiplyAdd() != MultiplyAddKind.Unfused
        select new TestCaseData(recipe.Name, $"{width}");

    [TestCaseSource(nameof(Cases))]
    public void The_bits_are_those_of_the_file(string name, string width)
    {
        string actual = Recipe.All.Single(recipe => recipe.Name == name).Hash(Enum.Parse<SimdWidth>(width));
        Assert.That(actual, Is.EqualTo(Expected.GetValueOrDefault(name)), $"{name}: other bits than in hashes.txt, with registers of {width}");
    }

    [Test]
    public void Every_kind_has_a_hash() =>
        Assert.That(PartRecipes.Missing, Is.Empty, "a kind needs settings: add a part of it to PartRecipes.Samples, then write hashes.txt anew");

    [Test]
    public void The_file_has_a_line_for_each_recipe_and_no_other() =>
        Assert.That(Expected.Keys, Is.EquivalentTo(Recipe.All.Select(recipe => recipe.Name)), "write hashes.txt anew");

    [Test]
    public void Every_initializer_has_a_hash()
    {
        IEnumerable<string> members = typeof(Initializer).GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(member => member is PropertyInfo or MethodInfo { IsSpecialName: false }).Select(member => InitializerRecipes.NameOf(member.Name));
        Assert.That(members, Is.SubsetOf(Recipe.All.Select(recipe => recipe.Name)));
    }
}
