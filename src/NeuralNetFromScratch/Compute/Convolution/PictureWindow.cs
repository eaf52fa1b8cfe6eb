namespace NeuralNetFromScratch.Compute;

/// <summary>The movement of a window along the height or the width of an image.</summary>
/// <param name="Input">The number of positions of the image.</param>
/// <param name="Size">The number of taps of the window.</param>
/// <param name="Stride">The distance between successive windows.</param>
/// <param name="Dilation">The distance between successive taps.</param>
/// <param name="Before">The number of zeros before the first position.</param>
/// <param name="After">The number of zeros after the last position.</param>
internal readonly record struct WindowAxis(int Input, int Size, int Stride = 1, int Dilation = 1, int Before = 0, int After = 0)
{
    /// <summary>The number of positions that a window spans.</summary>
    public int Extent => checked(Dilation * (Size - 1) + 1);

    /// <summary>The number of positions including the zeros at both ends.</summary>
    public int Padded => checked(Before + Input + After);

    /// <summary>The number of windows; 0 if the first window does not fit.</summary>
    public int Output => Padded < Extent ? 0 : (Padded - Extent) / Stride + 1;

    /// <summary>Whether some windows extend beyond the image.</summary>
    public bool NeedsPadding => Before > 0 || After > 0;

    /// <summary>Returns the first position of an output's window without padding, which may be negative.</summary>
    public int Start(int output) => output * Stride - Before;

    /// <summary>Returns the taps of a window that are within the image.</summary>
    public Section Inside(int output)
    {
        int start = Start(output);
        int first = start >= 0 ? 0 : (-start + Dilation - 1) / Dilation;
        int end = Math.Min(Size, (Input - 1 - start + Dilation) / Dilation);
        return new(first, Math.Max(0, end - first));
    }
}

/// <summary>A convolution of images [height, width, channels] with weights [height, width, channels / groups, filters].</summary>
/// <param name="Vertical">The vertical movement of the kernel.</param>
/// <param name="Horizontal">The horizontal movement of the kernel.</param>
/// <param name="Channels">The number of channels of the image.</param>
/// <param name="Filters">The number of filters, which are the channels of the output.</param>
/// <param name="Groups">The number of groups of channels. Each group has its own filters.</param>
internal readonly record struct ConvolutionShape(WindowAxis Vertical, WindowAxis Horizontal, int Channels, int Filters, int Groups)
{
    public int GroupChannels => Channels / Groups;

    public int GroupFilters => Filters / Groups;

    public int Taps => Vertical.Size * Horizontal.Size;

    /// <summary>The number of multiply-adds for an output.</summary>
    public int Depth => Taps * GroupChannels;

    /// <summary>The number of positions of a channel of the output.</summary>
    public int Places => Vertical.Output * Horizontal.Output;

    public int InputLength => Vertical.Input * Horizontal.Input * Channels;

    public int OutputLength => Places * Filters;

    public int WeightCount => Depth * Filters;

    /// <summary>Whether each channel has exactly one filter, so that the convolution is not a matrix product.</summary>
    public bool IsDepthwise => Groups == Channels && Filters == Channels && Groups > 1;

    /// <summary>Returns the number of multiply-adds for some samples.</summary>
    public long Work(int samples) => (long)samples * Places * WeightCount;

    /// <summary>
    /// The number of samples in a chunk of the weight gradient, whose sums are added to those of the other chunks in a tree. It is large enough
    /// for a thousand steps, and larger for many weights, so that adding the chunks costs little.
    /// </summary>
    public int ChunkSamples => (int)(((long)Math.Max(Tuning.LeastChunkSteps, WeightCount / Tuning.WeightsForChunkStep) + Places - 1) / Places);

    public int Chunks(int samples) => (samples - 1 + ChunkSamples) / ChunkSamples;
}
