using System.Diagnostics;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Samples;

namespace NeuralNetFromScratch.Tests.Documentation;

/// <summary>Runs a document's program as a process of its own, in an empty folder with a small set in MNIST's format.</summary>
internal static class DocumentRun
{
    private const string Download = "Mnist.DownloadAsync(\"mnist\")", NoDownload = "Task.CompletedTask";

    private const string RuntimeConfiguration = """
        { "runtimeOptions": { "framework": { "name": "Microsoft.NETCore.App", "version": "10.0.0" }, "configProperties": { "System.Globalization.Invariant": true } } }
        """;

    private static readonly string[] Libraries =
        ["NeuralNetFromScratch.dll", "NeuralNetFromScratch.Onnx.dll", "Google.Protobuf.dll", "System.Numerics.Tensors.dll"];

    /// <summary>What the program prints.</summary>
    public static string Output(DocumentProgram program)
    {
        using var folder = new TemporaryFolder();
        using TemporaryFolder digits = SampleProcess.SmallSet();
        // As it is written, it must compile; where it would fetch data, it then finds them.
        string assembly = folder.File("Program.dll");
        DocumentCompiler.Compile(program, assembly);
        if (program.Blocks.Any(block => block.Code.Contains(Download, StringComparison.Ordinal)))
            DocumentCompiler.Compile(program, assembly, (Download, NoDownload));
        File.WriteAllText(folder.File("Program.runtimeconfig.json"), RuntimeConfiguration);
        foreach (string library in Libraries)
            File.Copy(Path.Combine(AppContext.BaseDirectory, library), folder.File(library));
        Directory.CreateDirectory(folder.File("mnist"));
        foreach (string name in digits.FileNames)
            File.Copy(digits.File(name), Path.Combine(folder.File("mnist"), name));
        foreach ((string name, string contents) in program.Files)
            File.WriteAllText(folder.File(name), contents);

        using Process process = Process.Start(new ProcessStartInfo("dotnet", [assembly])
        {
            WorkingDirectory = folder.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, $"{program}: {error.Result}");
        return output;
    }
}
