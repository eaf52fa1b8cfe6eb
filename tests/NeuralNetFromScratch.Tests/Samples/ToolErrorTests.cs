using System.Diagnostics;
using System.Globalization;
using NeuralNetFromScratch.Tool;
using NeuralNetFromScratch.Tests.Data;
using SkiaSharp;

namespace NeuralNetFromScratch.Tests.Samples;

/// <summary>Whatever a user gets wrong on the tool's command line is one line that names it, and an exit code that is not 0.</summary>
public class ToolErrorTests
{
    [TestCase("cook", "cook")]
    [TestCase("--bogus", "--bogus")]
    [TestCase("train --epochs many", "--epochs must be a whole number above 0, got many")]
    [TestCase("train --epochs 0", "--epochs must be")]
    [TestCase("train --batch-size -1", "--batch-size must be")]
    [TestCase("train --hidden 128,x", "--hidden must be")]
    [TestCase("train --optimizer foo", "--optimizer must be")]
    [TestCase("train --learning-rate nan", "--learning-rate must be")]
    [TestCase("train --momentum 1", "--momentum must be")]
    [TestCase("train --optimizer adam --momentum 0.5", "--momentum goes with")]
    [TestCase("train --learning-rate 0,1", "--learning-rate must be a number above 0, such as 0.07, got 0,1")]
    [TestCase("train --seed -1", "--seed must be a whole number, 0 or more, got -1")]
    [TestCase("train --threads 0", "--threads must be")]
    [TestCase("train --threads 2000", "--threads must be a whole number from 1 to 1024")]
    [TestCase("train --validation -5", "--validation must be")]
    [TestCase("train --recipe cake", "--recipe must be")]
    [TestCase("train --recipe cnn --momentum 0.5", "--momentum goes with --optimizer sgd only")]
    [TestCase("train --resume", "--resume needs --checkpoint")]
    [TestCase("train --output", "--output")]
    [TestCase("train --bogus", "--bogus")]
    [TestCase("summary", "model")]
    [TestCase("evaluate", "--model")]
    [TestCase("predict --model m", "image")]
    [TestCase("export --model m", "--onnx")]
    public async Task A_bad_argument_is_named(string arguments, string message) => await Refused(message, arguments.Split(' '));

    [Test]
    public async Task Files_that_are_not_there()
    {
        using TemporaryFolder folder = SampleProcess.SmallSet();
        string none = folder.File("none"), model = Model(folder);
        await Refused("train-images-idx3-ubyte", "train", "--data", none, "--output", folder.File("out"));
        await Refused($"There is no file {none}", "evaluate", "--model", none);
        await Refused($"There is no file {none}", "predict", "--model", none, none);
        await Refused($"There is no file {none}", "predict", "--model", model, none);
        await Refused($"There is no file {none}", "export", "--model", none, "--onnx", folder.File("x"));
    }

    [Test]
    public async Task Folders_where_files_belong()
    {
        using TemporaryFolder folder = SampleProcess.SmallSet();
        string model = Model(folder), message = $"{folder.Root} is a folder";
        await Refused(message, "evaluate", "--model", folder.Root);
        await Refused(message, "predict", "--model", model, folder.Root);
        await Refused(message, "export", "--model", model, "--onnx", folder.Root);
        foreach (string option in (string[])["--model", "--checkpoint", "--json"])
            await Refused($"{option} {message}", "train", "--data", folder.Root, "--output", folder.File("out"), option, folder.Root);
    }

    [Test]
    public async Task Places_that_cannot_be_written()
    {
        using TemporaryFolder folder = SampleProcess.SmallSet();
        string model = Model(folder), file = folder.File("file");
        await File.WriteAllTextAsync(file, "in the way");
        await Refused("nothing can be written there", "train", "--data", folder.Root, "--output", Path.Combine(file, "below"));
        await Refused("nothing can be written there", "train", "--data", folder.Root, "--output", file);
        await Refused("nothing can be written there", "evaluate", "--data", folder.Root, "--model", model, "--output", file);
        foreach (string option in (string[])["--model", "--checkpoint", "--json"])
            await Refused($"{option} {folder.File("none/x")}: there is no folder", "train", "--data", folder.Root, "--output", folder.File("out"), option, folder.File("none/x"));
        await Refused("there is no folder", "export", "--model", model, "--onnx", folder.File("none/x"));
        Assert.That(await File.ReadAllTextAsync(file), Is.EqualTo("in the way"));
    }

    [Test]
    [Platform("Linux")]
    public async Task Places_that_the_system_closes()
    {
        using TemporaryFolder folder = SampleProcess.SmallSet();
        await Refused("--output /proc/none", "train", "--data", folder.Root, "--output", "/proc/none");
        await Refused("No space left on device", "evaluate", "--data", folder.Root, "--model", Model(folder), "--json", "/dev/full");
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
            return; // Nothing is closed to it.
        string closed = folder.File("closed");
        Directory.CreateDirectory(closed);
        File.SetUnixFileMode(closed, UnixFileMode.UserRead);
        await Refused("nothing can be written there", "train", "--data", folder.Root, "--output", closed);
        await Refused("--json", "train", "--data", folder.Root, "--output", folder.File("out"), "--json", Path.Combine(closed, "x"));
        File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Test]
    public async Task Damaged_data()
    {
        using TemporaryFolder folder = SampleProcess.SmallSet();
        string images = folder.File("train-images-idx3-ubyte"), labels = folder.File("t10k-labels-idx1-ubyte");
        byte[] whole = await File.ReadAllBytesAsync(images);
        await File.WriteAllBytesAsync(images, whole[..^100]);
        await Refused("train-images-idx3-ubyte", "train", "--data", folder.Root, "--output", folder.File("out"));
        await File.WriteAllBytesAsync(images, []);
        await Refused("train-images-idx3-ubyte", "train", "--data", folder.Root, "--output", folder.File("out"));
        File.Delete(images);
        await File.WriteAllBytesAsync(images + ".gz", [0x1f, 0x8b, 1, 2, 3]);
        await Refused("train-images-idx3-ubyte", "train", "--data", folder.Root, "--output", folder.File("out"));
        File.Delete(images + ".gz");
        await File.WriteAllBytesAsync(images, whole);
        await File.WriteAllTextAsync(labels, "these are no labels");
        await Refused("t10k-labels-idx1-ubyte", "train", "--data", folder.Root, "--output", folder.File("out"));
    }

    [Test]
    public async Task Files_of_another_kind()
    {
        using TemporaryFolder folder = SampleProcess.SmallSet();
        string model = Model(folder), text = folder.File("text.png"), cut = folder.File("cut.png"), small = folder.File("small");
        await File.WriteAllTextAsync(text, "this is neither a picture nor a network");
        using (var bitmap = new SKBitmap(100, 100))
        using (SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100))
            await File.WriteAllBytesAsync(cut, png.ToArray().AsMemory(0, 40).ToArray());
        await Refused("text.png: not an image", "predict", "--model", model, text);
        await Refused("cut.png", "predict", "--model", model, cut);
        foreach (string verb in (string[])["evaluate", "predict", "export"])
        {
            string[] rest = verb == "predict" ? [text] : verb == "export" ? ["--onnx", folder.File("x")] : [];
            await Refused("text.png", [verb, "--model", text, .. rest]);
            new Sequential([5], 1, new Dense(10)).Save(small);
            await Refused("expected a network from 28 × 28 pixels to 10 digits, got one from [5] to [10]", [verb, "--model", small, .. rest]);
        }

        await Refused("text.png", "train", "--data", folder.Root, "--output", folder.File("out"), "--checkpoint", text, "--resume");
    }

    [Test]
    public async Task A_training_is_not_resumed_with_other_options()
    {
        using TemporaryFolder folder = SampleProcess.SmallSet();
        string[] run = ["train", "--data", folder.Root, "--checkpoint", folder.File("run"), "--resume"];
        Assert.That((await Run([.. run, "--epochs", "2"])).Code, Is.Zero);
        await Refused("Give --epochs as in the first run", [.. run, "--epochs", "3"]);
        await Refused("Give --seed as in the first run", [.. run, "--epochs", "2", "--seed", "7"]);
        await Refused("Give --batch-size, --hidden as in the first run", [.. run, "--epochs", "2", "--batch-size", "10", "--hidden", "5"]);
        await Refused("--optimizer, --learning-rate or --momentum", [.. run, "--epochs", "2", "--optimizer", "adam"]);
    }

    [Test]
    public async Task Settings_that_do_not_fit_the_data_or_the_machine()
    {
        using TemporaryFolder folder = SampleProcess.SmallSet();
        string[] common = ["train", "--data", folder.Root, "--output", folder.File("out")];
        await Refused("--validation must leave samples to train on", [.. common, "--validation", "300"]);
        await Refused("has more than 2147483591 elements", [.. common, "--hidden", "2000000000"]);
        (int code, string error) = await Run([.. common, "--learning-rate", "1e30"]);
        Assert.That(code, Is.EqualTo(ExitCode.Failed));
        Assert.That(error.TrimEnd().Split('\n'), Has.Length.EqualTo(1).And.One.Contains("Try a lower --learning-rate"));
    }

    [Test]
    [Category("Process")]
    [Platform("Linux")]
    public void Control_C_ends_a_training_in_an_orderly_way()
    {
        using TemporaryFolder folder = SampleProcess.SmallSet();
        string checkpoint = folder.File("run.checkpoint");
        // A process in the background of a shell inherits that the signal is ignored.
        using Process process = SampleProcess.Launch(
            "env", "--default-signal=INT", "dotnet", SampleProcess.Tool,
            "train", "--data", folder.Root, "--epochs", "100000000", "--checkpoint", checkpoint, "--output", folder.File("out"));
        try
        {
            Assert.That(() => new FileInfo(checkpoint) is { Exists: true, Length: > 0 }, Is.True.After(60_000, 50), "the first epoch ends");
            using (Process kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
                kill.WaitForExit();
            Task<string> error = process.StandardError.ReadToEndAsync(), output = process.StandardOutput.ReadToEndAsync();
            Assert.That(process.WaitForExit(60_000), "it ends");
            Assert.That(process.ExitCode, Is.EqualTo(ExitCode.Interrupted));
            Assert.That(output.Result, Does.Contain("Stopped in epoch").And.Contain("report.html"));
            Assert.That(error.Result, Is.Empty);
        }
        finally
        {
            process.Kill();
        }
    }

    private static string Model(TemporaryFolder folder)
    {
        string path = folder.File("model.safetensors");
        new Sequential([28, 28], 1, new Dense(10)) { OutputActivation = OutputActivation.Softmax }.Save(path);
        return path;
    }

    private static async Task Refused(string message, params string[] arguments)
    {
        (int code, string error) = await Run(arguments);
        Assert.That(code, Is.Not.Zero, $"{string.Join(' ', arguments)}: {error}");
        Assert.That(error.TrimEnd().Split('\n'), Has.Length.EqualTo(1).And.One.Contains(message), string.Join(' ', arguments));
    }

    private static async Task<(int Code, string Error)> Run(params string[] arguments)
    {
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        int code = await ToolProgram.RunAsync(arguments, error, CancellationToken.None);
        return (code, error.ToString());
    }
}
