using System.Diagnostics;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Samples;

namespace NeuralNetFromScratch.Tests.Documentation;

/// <summary>Runs a document's program as a process of its own, in an empty folder with a small set in MNIST's format.</summary>
internal static class DocumentRun
{
    /// <summary>What a program would fetch, or wait for, is there at once when it runs.</summary>
    private static readonly (string Old, string New)[] Replacements =
    [
        ("Mnist.LoadOrDownloadAsync(", "Given.LoadAsync("),
        ("app.Run();", "await Given.PostAsync(app);"),
    ];

    private const string Given = """
        static class Given
        {
            public static Task<NeuralNetFromScratch.MnistData> LoadAsync(string? directory = null, IProgress<NeuralNetFromScratch.DownloadProgress>? progress = null) =>
                Task.FromResult(NeuralNetFromScratch.Mnist.Load("mnist"));
        }
        """;

    private const string GivenForWeb = """
        static class Given
        {
            public static async Task PostAsync(Microsoft.AspNetCore.Builder.WebApplication app)
            {
                app.Urls.Add("http://127.0.0.1:0");
                await app.StartAsync();
                using var client = new HttpClient();
                string url = app.Urls.First();
                HttpResponseMessage response = await client.PostAsync(url + "/digit", new ByteArrayContent(new byte[784]));
                if (response.StatusCode == System.Net.HttpStatusCode.NotFound)
                    response = await client.PostAsync(url + "/customer", new StringContent("{ \"age\": 33, \"city\": \"Lugano\", \"calls\": null, \"since\": \"2024-02-29\" }", System.Text.Encoding.UTF8, "application/json"));
                Console.WriteLine(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
            }
        }
        """;

    private static readonly string[] Libraries =
    [
        "NeuralNetFromScratch.dll", "NeuralNetFromScratch.Images.dll", "NeuralNetFromScratch.Mpi.dll", "NeuralNetFromScratch.Onnx.dll", "NeuralNetFromScratch.Tables.dll", "Google.Protobuf.dll",
        "System.Numerics.Tensors.dll", "Sep.dll", "csFastFloat.dll", "Parquet.dll", "SkiaSharp.dll", Native,
    ];

    /// <summary>The native part of SkiaSharp, which programs that read pictures use.</summary>
    private static string Native => Path.Combine(
        "runtimes", System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier, "native",
        OperatingSystem.IsWindows() ? "libSkiaSharp.dll" : OperatingSystem.IsMacOS() ? "libSkiaSharp.dylib" : "libSkiaSharp.so");

    /// <summary>What the program prints.</summary>
    public static string Output(DocumentProgram program)
    {
        using var folder = new TemporaryFolder();
        using TemporaryFolder digits = SampleProcess.SmallSet();
        // As it is written, it must compile; where it would fetch data, it then finds them.
        string assembly = folder.File("Program.dll");
        DocumentCompiler.Compile(program, assembly);
        if (program.Blocks.Any(block => Replacements.Any(replacement => block.Code.Contains(replacement.Old, StringComparison.Ordinal))))
            DocumentCompiler.Compile(program, assembly, program.IsWeb ? GivenForWeb : Given, Replacements);
        string framework = program.IsWeb ? "Microsoft.AspNetCore.App" : "Microsoft.NETCore.App";
        File.WriteAllText(folder.File("Program.runtimeconfig.json"), $$"""
            { "runtimeOptions": { "framework": { "name": "{{framework}}", "version": "10.0.0" }, "configProperties": { "System.Globalization.Invariant": true } } }
            """);
        foreach (string library in Libraries.Where(library => File.Exists(Path.Combine(AppContext.BaseDirectory, library))))
            File.Copy(Path.Combine(AppContext.BaseDirectory, library), folder.File(Path.GetFileName(library)));
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
