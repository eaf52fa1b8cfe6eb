using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using NeuralNetFromScratch.Images;
using NeuralNetFromScratch.Tool;
using SkiaSharp;

namespace NeuralNetFromScratch.Published.Pictures;

/// <summary>
/// Draws pictures of a collection's test digits in the kinds that people bring, and counts how many a network recognizes that was trained on MNIST's
/// own form.
/// </summary>
internal static class PictureCommand
{
    private const double LeastShare = 0.85, LeastMean = 0.94;

    public static Command Create(Func<Dataset, MnistData> divide)
    {
        Argument<string[]> names = new("kind") { Description = "Parts of the names of the kinds to draw; all if none is named.", Arity = ArgumentArity.ZeroOrMore };
        Option<int?> count = NumberOption.Create<int>("--count", "Digits of each kind; 100 if not given.", value => value > 0, "must be a whole number above 0");
        Option<string?> data = new("--data") { Description = "Folder with MNIST's four IDX files; found or fetched if not given." };
        Option<bool> split = new("--split") { Description = "Train on 50,000 of the training samples and draw the other 10,000: for choosing how pictures are read." };
        Option<string?> failures = new("--failures") { Description = "Folder to write the pictures to that were not recognized, and what was made of them." };
        var command = new Command("pictures", "Draws pictures of test digits, of many kinds, and counts how many are recognized.") { names, count, data, split, failures };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            FoundData found = await DigitSource.FindAsync(arguments.GetValue(data), cancellationToken);
            MnistData sets = arguments.GetValue(split) ? divide(found.Sets.Training) : found.Sets;
            ulong seed = arguments.GetValue(split) ? 2u : 1u;
            string[] wanted = arguments.GetValue(names) ?? [];
            return Run(sets, seed, arguments.GetValue(count) ?? 100, wanted, arguments.GetValue(failures));
        });
        return command;
    }

    private static int Run(MnistData sets, ulong seed, int count, string[] wanted, string? failures)
    {
        var network = new Sequential([28, 28], 1, new Dense(128, Activation.Relu), new Dense(10));
        new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.15f, 0.9f))
            .Fit(sets.Training, new FitOptions { Epochs = 16, BatchSize = 64, Seed = 1, Schedule = LearningRateSchedule.OneCycle() });
        Write($"784-128-10: {network.Evaluate(sets.Test).Accuracy:P2} of the {sets.Test.Count} digits themselves");
        var drawing = new Drawing(network, sets.Test, new RandomSource(seed), count, failures);
        bool IsWanted(PictureKind kind) => wanted.Length == 0 || wanted.Any(kind.Name.Contains);
        double[] shares = [.. DrawnKinds.All.Concat(PaperKinds.All).Where(IsWanted).Select(drawing.Recognized)];
        if (shares.Length > 0)
            Write($"{shares.Length} kinds: mean {shares.Average():P1}, least {shares.Min():P1}");
        double[] refused = [.. PaperKinds.Blank.Where(IsWanted).Select(drawing.Refused)];
        double apart = IsWanted(Drawing.Pairs) ? drawing.Separated() : 1;
        if (wanted.Length == 0)
            Time(sets.Test);
        bool passes = (shares.Length == 0 || (shares.Average() >= LeastMean && shares.Min() >= LeastShare)) && refused.All(share => share == 1) && apart >= LeastShare;
        Write($"{(passes ? "pass" : "FALLS SHORT")}: no kind under {LeastShare:P0}, mean {LeastMean:P0}, blank pictures refused");
        return passes ? 0 : 1;
    }

    /// <summary>How long a phone's picture takes once warm: the median of 20, and the least time of a processor, which other programs do not lengthen.</summary>
    private static void Time(Dataset digits)
    {
        float[] pixels = new float[digits.SampleShape.ElementCount];
        digits.CopyFeatures(0, pixels);
        Canvas canvas = PaperKinds.Photograph(new Subject(pixels, new RandomSource(1)), 4000, 3000, 900, 45);
        var preprocessor = new DigitPreprocessor();
        foreach ((string name, byte[] file) in ((string, byte[])[])[("JPEG", canvas.Encode(SKEncodedImageFormat.Jpeg)), ("WebP", canvas.Encode(SKEncodedImageFormat.Webp)), ("PNG", canvas.Encode())])
        {
            string path = Path.GetTempFileName();
            File.WriteAllBytes(path, file);
            double[] milliseconds = new double[20];
            var busy = TimeSpan.MaxValue;
            for (int i = -3; i < milliseconds.Length; i++)
            {
                var watch = Stopwatch.StartNew();
                TimeSpan before = Environment.CpuUsage.TotalTime;
                preprocessor.Preprocess(path);
                TimeSpan used = Environment.CpuUsage.TotalTime - before;
                busy = used < busy ? used : busy;
                if (i >= 0)
                    milliseconds[i] = watch.Elapsed.TotalMilliseconds;
            }

            File.Delete(path);
            Array.Sort(milliseconds);
            Write($"a photograph of 4000 x 3000 pixels, {name}: {milliseconds[milliseconds.Length / 2]:F1} ms, of a processor's time {busy.TotalMilliseconds:F1} ms");
        }
    }

    public static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
