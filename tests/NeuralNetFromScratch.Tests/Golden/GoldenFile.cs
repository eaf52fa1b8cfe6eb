using System.Text.Json;

namespace NeuralNetFromScratch.Tests.Golden;

/// <summary>Files of values that another program computed.</summary>
internal static class GoldenFile
{
    public static JsonElement Read(string name)
    {
        string path = Path.Combine(TestContext.CurrentContext.TestDirectory, "Golden", name);
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        return document.RootElement.Clone();
    }

    public static float[] Floats(this JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetSingle())];

    public static float[] Floats(this JsonElement parent, string name) => parent.GetProperty(name).Floats();

    public static int[] Integers(this JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetInt32())];
}
