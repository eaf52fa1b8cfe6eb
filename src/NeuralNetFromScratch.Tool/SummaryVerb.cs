namespace NeuralNetFromScratch.Tool;

/// <summary>The verb <c>summary</c>: prints the layers of any saved network.</summary>
internal static class SummaryVerb
{
    public static int Run(string model)
    {
        UserFile.CheckReadable(model);
        Sequential network = Sequential.Load(model);
        Console.WriteLine(network.Summary().TrimEnd());
        if (network.ClassNames.Count > 0)
            Console.WriteLine($"classes  {MessageText.List(network.ClassNames)}");
        foreach ((string key, string text) in network.Metadata)
            Console.WriteLine($"{MessageText.Of(key)}  {MessageText.Of(text)}");
        return ExitCode.Success;
    }
}
