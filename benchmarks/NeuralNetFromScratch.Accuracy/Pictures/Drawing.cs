using NeuralNetFromScratch.Images;
using SkiaSharp;

namespace NeuralNetFromScratch.Published.Pictures;

/// <summary>Pictures of a kind, drawn and read.</summary>
/// <param name="network">What recognizes digits in MNIST's form.</param>
/// <param name="digits">The digits to draw.</param>
/// <param name="random">Which digits, and what differs between pictures of a kind.</param>
/// <param name="count">Pictures of a kind.</param>
/// <param name="failures">Folder for those that were not recognized; null for none.</param>
internal sealed class Drawing(Sequential network, Dataset digits, RandomSource random, int count, string? failures)
{
    public static PictureKind Pairs { get; } = new("several digits", _ => []);

    private readonly DigitPreprocessor _preprocessor = new();

    /// <summary>The share of a kind's pictures whose digit is recognized.</summary>
    public double Recognized(PictureKind kind) => Share(kind, count, (subject, label, i) =>
    {
        byte[] file = kind.Draw(subject);
        IReadOnlyList<HandwrittenDigit> found = _preprocessor.Find(RgbaImage.Decode(file, new ImageLoadOptions { ReduceTo = 480 }));
        if (found.Count == 1 && Classify(found[0].Pixels) == label)
            return true;
        Keep(kind, i, label, file, found);
        return false;
    });

    /// <summary>The share of a kind's pictures in which nothing is found.</summary>
    public double Refused(PictureKind kind) => Share(kind, Math.Min(count, 20), (subject, _, i) =>
    {
        byte[] file = kind.Draw(subject);
        IReadOnlyList<HandwrittenDigit> found = _preprocessor.Find(RgbaImage.Decode(file));
        if (found.Count > 0)
            Keep(kind, i, -1, file, found);
        return found.Count == 0;
    });

    /// <summary>The share of pictures of three digits of which all are recognized, times three: errors of the network count once each.</summary>
    public double Separated()
    {
        int right = 0, all = 0;
        double share = Share(Pairs, count, (subject, label, i) =>
        {
            int[] others = [.. Enumerable.Range(0, 2).Select(k => subject.Random.Below(60 + (ulong)k, digits.Count))];
            Subject[] more = [subject, .. others.Select(index => Subject(index, subject.Random))];
            int[] labels = [label, .. others.Select(digits.GetLabel)];
            var canvas = new Canvas(700, 300, Colour.White);
            for (int k = 0; k < more.Length; k++)
                canvas.Ink(more[k].Pen(150, 9), 120 + 220 * k + subject.Between(70 + (ulong)k, -20, 20), 150 + subject.Between(80 + (ulong)k, -20, 20), Colour.Black);
            byte[] file = canvas.Encode(SKEncodedImageFormat.Jpeg);
            IReadOnlyList<HandwrittenDigit> found = _preprocessor.Find(RgbaImage.Decode(file));
            if (found.Count != labels.Length)
                Keep(Pairs, i, found.Count, file, found);
            int recognized = found.Count == labels.Length ? labels.Where((expected, k) => Classify(found[k].Pixels) == expected).Count() : 0;
            Interlocked.Add(ref right, recognized);
            Interlocked.Add(ref all, labels.Length);
            return found.Count == labels.Length;
        });
        PictureCommand.Write($"{"  their digits",-36} {(double)right / all,8:P1}");
        return share * ((double)right / all);
    }

    private double Share(PictureKind kind, int pictures, Func<Subject, int, int, bool> isRight)
    {
        RandomSource own = random.Fork(kind.Name.Aggregate(7ul, (hash, letter) => hash * 31 + letter));
        int right = 0;
        Parallel.For(0, pictures, i =>
        {
            int index = own.Below((ulong)i, digits.Count);
            if (isRight(Subject(index, own.Fork((ulong)i)), digits.GetLabel(index), i))
                Interlocked.Increment(ref right);
        });
        double share = (double)right / pictures;
        PictureCommand.Write($"{kind.Name,-36} {share,8:P1}");
        return share;
    }

    private Subject Subject(int index, RandomSource own)
    {
        float[] pixels = new float[digits.SampleShape.ElementCount];
        digits.CopyFeatures(index, pixels);
        return new(pixels, own);
    }

    private int Classify(byte[] pixels)
    {
        float[] input = [.. pixels.Select(pixel => pixel / 255f)], probabilities = new float[10];
        network.Predict(input, probabilities);
        return Array.IndexOf(probabilities, probabilities.Max());
    }

    private void Keep(PictureKind kind, int i, int label, byte[] file, IReadOnlyList<HandwrittenDigit> found)
    {
        if (failures is null)
            return;
        Directory.CreateDirectory(failures);
        string name = string.Concat(kind.Name.Split(Path.GetInvalidFileNameChars())).Replace(' ', '-');
        string path = Path.Combine(failures, $"{name}-{i}-is-{label}");
        File.WriteAllBytes(path + "-picture", file);
        for (int k = 0; k < Math.Min(found.Count, 4); k++)
        {
            var canvas = new Canvas(28, 28, Colour.Black);
            canvas.Ink(new InkPatch(28, [.. found[k].Pixels.Select(pixel => pixel / 255f)]), 14, 14, Colour.White);
            File.WriteAllBytes($"{path}-read-as-{Classify(found[k].Pixels)}-{k}.png", canvas.Encode(SKEncodedImageFormat.Png));
        }
    }
}
