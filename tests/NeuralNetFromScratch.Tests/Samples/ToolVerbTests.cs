using System.Numerics.Tensors;
using System.Text.Json;
using System.Text.RegularExpressions;
using NeuralNetFromScratch.Onnx;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tool;
using SkiaSharp;

namespace NeuralNetFromScratch.Tests.Samples;

/// <summary>The tool's verbs, run as a user runs them.</summary>
[Category("Process")]
public class ToolVerbTests
{
    [Test]
    public void A_saved_network_is_evaluated_predicts_and_is_exported()
    {
        using TemporaryFolder folder = SampleProcess.SmallSet();
        string model = folder.File("digits.safetensors"), json = folder.File("figures.json"), onnx = folder.File("digits.onnx");
        SampleProcess.Succeed("train", "--data", folder.Root, "--epochs", "20", "--batch-size", "20", "--model", model, "--json", json);
        using JsonDocument trained = JsonDocument.Parse(File.ReadAllText(json));

        string evaluated = SampleProcess.Succeed("evaluate", "--model", model, "--data", folder.Root, "--json", json);
        using JsonDocument figures = JsonDocument.Parse(File.ReadAllText(json));
        Assert.That(figures.RootElement.GetProperty("testAccuracy").GetDouble(), Is.EqualTo(trained.RootElement.GetProperty("testAccuracy").GetDouble()));
        Assert.That(evaluated, Does.Contain("Macro F1"));

        string picture = folder.File("digit.png");
        Dataset digits = SyntheticDigits.Create(50, 1);
        int right = 0;
        for (int i = 0; i < 10; i++)
        {
            Draw(picture, digits, i, scale: 5, inverted: i % 2 == 0);
            string line = SampleProcess.Succeed("predict", "--model", model, picture);
            right += line.Contains($"digit.png: {digits.GetLabel(i)} (", StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.That(right, Is.GreaterThanOrEqualTo(7), "pictures five times as large, half of them dark on light");
        SampleProcess.Succeed("export", "--model", model, "--onnx", onnx);
        Sequential network = Sequential.Load(model), imported = OnnxModel.Import(onnx);
        Assert.That(imported.ClassNames, Is.EqualTo(network.ClassNames));
        byte[] raw = [.. Enumerable.Range(0, 784).Select(i => (byte)(i % 256))];
        float[] input = new float[784];
        network.InputScaling!.Apply(raw, input);
        Assert.That(
            imported.Predict(Tensor.Create<float>([.. raw.Select(value => (float)value)], [1, 784])).AsMatrix().Span.ToArray(),
            Is.EqualTo(network.Predict(Tensor.Create<float>(input, [1, 784])).AsMatrix().Span.ToArray()).Within(1e-5));
    }

    [Test]
    public void A_picture_of_no_use_is_named_and_the_others_are_answered()
    {
        using var folder = new TemporaryFolder();
        string model = folder.File("digits.safetensors"), good = folder.File("good.png"), text = folder.File("text.png"), blank = folder.File("blank.png"), none = folder.File("none.png");
        new Sequential([28, 28], 1, new Dense(10)) { OutputActivation = OutputActivation.Softmax }.Save(model);
        Draw(good, SyntheticDigits.Create(1, 1), 0, scale: 5, inverted: true);
        File.WriteAllText(text, "this is no picture");
        using (var white = new SKBitmap(28, 28))
        {
            white.Erase(SKColors.White);
            using SKData png = white.Encode(SKEncodedImageFormat.Png, 100);
            File.WriteAllBytes(blank, png.ToArray());
        }

        (int code, string output, string error) = SampleProcess.Start("predict", "--model", model, text, good, blank, none, good);
        Assert.That(code, Is.EqualTo(ExitCode.BadUsage));
        Assert.That(output.TrimEnd().Split('\n').Select(line => line.TrimEnd()), Has.Exactly(2).Items.And.All.Match($@"^{Regex.Escape(good)}: \d \(\d+\.\d %\)$"));
        string[] errors = [.. error.TrimEnd().Split('\n')];
        Assert.That(errors, Has.Length.EqualTo(3));
        Assert.That(errors[0], Does.Contain("text.png: not an image"));
        Assert.That(errors[1], Does.Contain("blank.png: the image shows no digit"));
        Assert.That(errors[2], Does.Contain("none.png"));
    }

    [Test]
    public void The_lab_recipe_descends_on_all_samples_at_once()
    {
        using TemporaryFolder folder = SampleProcess.SmallSet();
        SampleProcess.Succeed("train", "--data", folder.Root, "--recipe", "lab", "--epochs", "21", "--json", folder.File("run.json"));
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(folder.File("run.json")));
        Assert.That(json.RootElement.GetProperty("dataset").GetString(), Is.EqualTo("custom"));
        JsonElement[] curve = [.. json.RootElement.GetProperty("curve").EnumerateArray()];
        Assert.That(curve.Select(point => point.GetProperty("step").GetInt32()), Is.EqualTo((int[])[0, 10, 20]));
        Assert.That(curve[2].GetProperty("trainAccuracy").GetDouble(), Is.GreaterThan(curve[0].GetProperty("trainAccuracy").GetDouble()));
    }

    [Test]
    public void The_fast_recipe_has_batch_normalization()
    {
        using TemporaryFolder folder = SampleProcess.SmallSet();
        string model = folder.File("model");
        string trained = SampleProcess.Succeed("train", "--data", folder.Root, "--recipe", "fast", "--momentum", "0", "--model", model);
        Assert.That(trained, Does.Contain("  3/3 "));
        Assert.That(SampleProcess.Succeed("summary", model), Does.Contain("batchnorm1").And.Contain("160").And.Contain("classes  0, 1, 2, 3, 4, 5, 6, 7, 8, 9"));
    }

    [Test]
    public void The_convolutional_recipe_is_exported_and_draws_a_report()
    {
        using TemporaryFolder folder = SampleProcess.SmallSet();
        string model = folder.File("model");
        SampleProcess.Succeed("train", "--data", folder.Root, "--recipe", "cnn", "--learning-rate", "0.005", "--model", model, "--output", folder.File("report"));
        Assert.That(SampleProcess.Succeed("summary", model), Does.Contain("conv2d1").And.Contain("max-pool2d2").And.Contain("256"));
        SampleProcess.Succeed("evaluate", "--data", folder.Root, "--model", model);
        SampleProcess.Succeed("export", "--model", model, "--onnx", folder.File("model.onnx"));
        Assert.That(NeuralNetFromScratch.Onnx.OnnxModel.Import(folder.File("model.onnx")).InputShape.ElementCount, Is.EqualTo(784));
    }

    [Test]
    public void The_summary_shows_a_network_of_any_kind()
    {
        using var folder = new TemporaryFolder();
        new Sequential([5], 1, new Dense(3, Activation.Tanh), new Dense(1)).Save(folder.File("model"));
        Assert.That(SampleProcess.Succeed("summary", folder.File("model")), Does.Contain("tanh").And.Contain("[1]").And.Not.Contain("classes"));
    }

    [Test]
    public void A_training_without_files_to_write_says_that_the_network_was_not_saved()
    {
        using TemporaryFolder folder = SampleProcess.SmallSet();
        Assert.That(SampleProcess.Succeed("train", "--data", folder.Root, "--epochs", "1"), Does.Contain("--model FILE saves it").And.Not.Contain("report"));
    }

    [Test]
    public void Without_a_verb_the_help_lists_the_verbs() =>
        Assert.That(SampleProcess.Succeed(), Does.Contain("train").And.Contain("hash").And.Contain("evaluate").And.Contain("predict").And.Contain("export").And.Contain("summary"));

    [Test]
    public void A_resumed_training_ends_where_an_uninterrupted_one_does()
    {
        using TemporaryFolder folder = SampleProcess.SmallSet();
        string[] common = ["--data", folder.Root, "--recipe", "lab", "--batch-size", "20"];
        SampleProcess.Succeed(["train", .. common, "--epochs", "4", "--model", folder.File("whole")]);
        string first = SampleProcess.Succeed(["train", .. common, "--epochs", "2", "--checkpoint", folder.File("run"), "--resume"]);
        string second = SampleProcess.Succeed(["train", .. common, "--epochs", "4", "--checkpoint", folder.File("run"), "--resume", "--model", folder.File("resumed")]);
        Assert.That(first, Does.Contain("starting from the beginning"));
        Assert.That(second, Does.Contain("Continuing from").And.Contain("in epoch 3"));
        Assert.That(File.ReadAllBytes(folder.File("resumed")), Is.EqualTo(File.ReadAllBytes(folder.File("whole"))));
        string third = SampleProcess.Succeed(["train", .. common, "--epochs", "4", "--checkpoint", folder.File("run"), "--resume", "--model", folder.File("again")]);
        Assert.That(third, Does.Contain("nothing was left to train"));
        Assert.That(File.ReadAllBytes(folder.File("again")), Is.EqualTo(File.ReadAllBytes(folder.File("whole"))));

        string hashes = SampleProcess.Succeed("hash", folder.File("whole")), checkpoint = SampleProcess.Succeed("hash", folder.File("run"));
        Assert.That(hashes, Is.EqualTo(SampleProcess.Succeed("hash", folder.File("resumed"))));
        Assert.That(hashes.Split('\n')[0], Does.Match("^parameters  [0-9a-f]{64}$").And.EqualTo(checkpoint.Split('\n')[0]), "of the checkpoint too");
    }

    private static void Draw(string path, Dataset digits, int index, int scale, bool inverted)
    {
        float[] features = new float[784];
        digits.CopyFeatures(index, features);
        using var small = new SKBitmap(28, 28);
        for (int i = 0; i < 784; i++)
        {
            byte value = (byte)(255 * (inverted ? 1 - features[i] : features[i]));
            small.SetPixel(i % 28, i / 28, new SKColor(value, value, value));
        }

        using SKBitmap large = small.Resize(new SKSizeI(28 * scale, 28 * scale), new SKSamplingOptions(SKFilterMode.Linear));
        using SKData png = large.Encode(SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(path, png.ToArray());
    }
}
