namespace NeuralNetFromScratch.Images;

/// <summary>What is ink in a working image, and which of it are digits.</summary>
internal sealed class InkSearch
{
    /// <summary>The least side of a digit on ruled paper, as a share of the image's.</summary>
    private const float LeastOnRuling = 0.06f;

    private readonly double[] _axis;
    private readonly bool _isLight;
    private readonly InkLayer? _ink;
    private readonly InkComponents? _components;

    private InkSearch(WorkingImage picture, double[] axis, bool isLight, Plane grey, DigitPreprocessorOptions options)
    {
        (Picture, _axis, _isLight) = (picture, axis, isLight);
        bool isBrightness = axis[0] > 0 && axis[1] > 0 && axis[2] > 0;
        float enlarged = Math.Max(1, picture.Scale);
        _ink = InkLayer.Of(grey, isLight, isBrightness, enlarged > 1, enlarged > 1 ? picture.NoiseDeviation / enlarged : picture.NoiseDeviation, options.MinContrast);
        if (_ink is null)
            return;
        (_components, Digits) = FindDigits(_ink.Mask, options);
    }

    public WorkingImage Picture { get; }

    public IReadOnlyList<List<InkComponent>> Digits { get; } = [];

    public static InkSearch Of(WorkingImage picture, DigitPreprocessorOptions options)
    {
        Plane grey = InkAxis.Project(picture.Channels, out double[] axis);
        bool isLight = options.Ink == InkTone.Automatic ? InkPolarity.IsLight(grey) : options.Ink == InkTone.Light;
        return new(picture, axis, isLight, grey, options);
    }

    /// <summary>The same ink in another part of the image.</summary>
    public InkSearch Again(WorkingImage picture, DigitPreprocessorOptions options) =>
        new(picture, _axis, _isLight, InkAxis.Project(picture.Channels, _axis), options);

    public byte[] Draw(List<InkComponent> digit, DigitPreprocessorOptions options)
    {
        var labels = digit.Select(component => component.Label).ToHashSet();
        bool[] mask = [.. _components!.Labels.Select(label => label != 0 && labels.Contains(label))];
        return DigitForm.Draw(_ink!.Height, mask, _ink.Threshold, DigitGroups.Bounds(digit), options.NormalizesStrokes);
    }

    private (InkComponents Components, IReadOnlyList<List<InkComponent>> Digits) FindDigits(bool[] mask, DigitPreprocessorOptions options)
    {
        int width = Picture.Width, height = Picture.Height;
        if (options.RemovesRuling)
        {
            (bool[] without, int lines) = RulingRemoval.Remove(mask, width, height);
            InkComponents rest = InkComponents.Of(without, width, height);
            List<InkComponent>[] found = lines == 0 ? [] : DigitGroups.Find(rest, width, height, options.SeparatesDigits);
            // The remainders of lines at their ends and crossings are not digits.
            if (lines > 2)
                found = [.. found.Where(digit => DigitGroups.Bounds(digit).LongSide >= LeastOnRuling * Math.Max(width, height) && digit.Exists(component => component.EdgePixels == 0))];
            if (found.Length > 0 && (lines > 2 || found[0].TrueForAll(component => component.EdgePixels == 0)))
                return (rest, found);
            if (found.Length == 0 && lines > 1)
                return (rest, []);
        }

        InkComponents whole = InkComponents.Of(mask, width, height);
        return (whole, DigitGroups.Find(whole, width, height, options.SeparatesDigits));
    }
}
