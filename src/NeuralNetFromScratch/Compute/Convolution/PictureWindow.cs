namespace NeuralNetFromScratch.Compute;

/// <summary>How a window moves along the height or the width of a picture.</summary>
/// <param name="Input">Places of the picture.</param>
/// <param name="Size">Places of the window that count: the taps.</param>
/// <param name="Stride">Places from one window to the next.</param>
/// <param name="Dilation">Places from one tap to the next.</param>
/// <param name="Before">Zeros before the first place.</param>
/// <param name="After">Zeros behind the last place.</param>
internal readonly record struct WindowAxis(int Input, int Size, int Stride = 1, int Dilation = 1, int Before = 0, int After = 0)
{
    /// <summary>Places that a window spans.</summary>
    public int Extent => checked(Dilation * (Size - 1) + 1);

    /// <summary>Places with the zeros at both ends.</summary>
    public int Padded => checked(Before + Input + After);

    /// <summary>Number of windows; not positive where the first does not fit.</summary>
    public int Output => Padded < Extent ? 0 : (Padded - Extent) / Stride + 1;

    /// <summary>Whether some windows reach beyond the picture.</summary>
    public bool NeedsPadding => Before > 0 || After > 0;

    /// <summary>The first place of the window of an output, without padding: it may be negative.</summary>
    public int Start(int output) => output * Stride - Before;

    /// <summary>The taps of a window that lie within the picture.</summary>
    public Section Inside(int output)
    {
        int start = Start(output);
        int first = start >= 0 ? 0 : (-start + Dilation - 1) / Dilation;
        int end = Math.Min(Size, (Input - 1 - start + Dilation) / Dilation);
        return new(first, Math.Max(0, end - first));
    }
}

/// <summary>A convolution of pictures [height, width, channels] with weights [height, width, channels / groups, filters].</summary>
/// <param name="Vertical">How the kernel moves down.</param>
/// <param name="Horizontal">How it moves to the right.</param>
/// <param name="Channels">Channels of the picture.</param>
/// <param name="Filters">Channels of the output.</param>
/// <param name="Groups">Groups of channels, each with filters of its own.</param>
internal readonly record struct ConvolutionShape(WindowAxis Vertical, WindowAxis Horizontal, int Channels, int Filters, int Groups)
{
    public int GroupChannels => Channels / Groups;

    public int GroupFilters => Filters / Groups;

    public int Taps => Vertical.Size * Horizontal.Size;

    /// <summary>Multiply-adds of an output.</summary>
    public int Depth => Taps * GroupChannels;

    /// <summary>Places of a channel of the output.</summary>
    public int Places => Vertical.Output * Horizontal.Output;

    public int InputLength => Vertical.Input * Horizontal.Input * Channels;

    public int OutputLength => Places * Filters;

    public int WeightCount => Depth * Filters;

    /// <summary>Whether each channel has one filter, which makes it no product of matrices.</summary>
    public bool IsDepthwise => Groups == Channels && Filters == Channels && Groups > 1;

    /// <summary>Multiply-adds for some samples.</summary>
    public long Work(int samples) => (long)samples * Places * WeightCount;

    /// <summary>
    /// Samples of a chunk of the weight gradient, whose sums join those of the others in a tree: enough for a thousand steps, and for more where
    /// there are many weights, so that adding the chunks costs little.
    /// </summary>
    public int ChunkSamples => (int)(((long)Math.Max(Tuning.LeastChunkSteps, WeightCount / Tuning.WeightsForChunkStep) + Places - 1) / Places);

    public int Chunks(int samples) => (samples - 1 + ChunkSamples) / ChunkSamples;
}
