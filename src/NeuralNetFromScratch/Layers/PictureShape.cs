namespace NeuralNetFromScratch;

/// <summary>A height and a width: of a kernel, a stride, a window. One number stands for both.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct Size2D(int Height, int Width)
{
    /// <summary>As high as wide.</summary>
    /// <param name="size">Rows and columns.</param>
    public static implicit operator Size2D(int size) => new(size, size);

    /// <summary>As high as wide.</summary>
    /// <param name="size">Rows and columns.</param>
    public static Size2D FromInt32(int size) => size;

    /// <summary>One number where both are the same: "3", else "3×5".</summary>
    public override string ToString() => Height == Width ? FormattableString.Invariant($"{Height}") : FormattableString.Invariant($"{Height}×{Width}");

    internal int Area => checked(Height * Width);

    /// <summary>For a part's settings.</summary>
    internal int[] Numbers => [Height, Width];

    /// <exception cref="ArgumentOutOfRangeException">A side is smaller than a bound.</exception>
    internal Size2D AtLeast(int bound, string name) => Height >= bound && Width >= bound
        ? this
        : throw Guard.OutOfRange(name, this, FormattableString.Invariant($"must be at least {bound} in both directions"));

    /// <summary>Reads a size from a part's settings.</summary>
    /// <exception cref="InvalidDataException">It is no pair of numbers.</exception>
    internal static Size2D Read(Settings settings, string name, Size2D otherwise = default) => settings.GetList<int>(name) switch
    {
        [] when otherwise != default => otherwise,
        [var height, var width] => new(height, width),
        _ => throw new InvalidDataException($"{settings.Kind}: setting \"{name}\" must be a height and a width"),
    };
}

/// <summary>
/// How many zeros are put around a picture before a window passes over it. One number stands for all four sides; 0, the default, lets windows
/// stay within the picture ("valid").
/// </summary>
public readonly record struct Padding2D
{
    /// <summary>So many zeros on each side.</summary>
    /// <param name="top">Rows above; not negative.</param>
    /// <param name="left">Columns before; not negative.</param>
    /// <param name="bottom">Rows below; not negative.</param>
    /// <param name="right">Columns behind; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public Padding2D(int top, int left, int bottom, int right)
    {
        Top = Guard.NonNegative(top, nameof(top));
        Left = Guard.NonNegative(left, nameof(left));
        Bottom = Guard.NonNegative(bottom, nameof(bottom));
        Right = Guard.NonNegative(right, nameof(right));
    }

    /// <summary>
    /// As many zeros as give <c>⌈input / stride⌉</c> outputs in each direction; where their number is odd, the one more is at the bottom or right, as in
    /// TensorFlow, and as in PyTorch, which knows it for stride 1 alone.
    /// </summary>
    public static Padding2D Same { get; } = new() { IsSame = true };

    /// <summary>Rows above.</summary>
    public int Top { get; }

    /// <summary>Columns before.</summary>
    public int Left { get; }

    /// <summary>Rows below.</summary>
    public int Bottom { get; }

    /// <summary>Columns behind.</summary>
    public int Right { get; }

    /// <summary>Whether the zeros are as many as <see cref="Same"/> says; the four numbers are 0 then.</summary>
    public bool IsSame { get; private init; }

    /// <summary>The same number on all sides.</summary>
    /// <param name="zeros">The number.</param>
    public static implicit operator Padding2D(int zeros) => new(zeros, zeros, zeros, zeros);

    /// <summary>The same number on all sides.</summary>
    /// <param name="zeros">The number.</param>
    public static Padding2D FromInt32(int zeros) => zeros;

    /// <summary>For a part's settings.</summary>
    internal Settings AddTo(Settings settings) => settings
        .With("samePadding", IsSame, defaultValue: false)
        .WithList<int>("padding", IsSame || this == default ? [] : [Top, Left, Bottom, Right]);

    /// <summary>Reads it from a part's settings.</summary>
    /// <exception cref="InvalidDataException">There are not four numbers.</exception>
    internal static Padding2D Read(Settings settings)
    {
        bool isSame = settings.Get("samePadding", false);
        return settings.GetList<int>("padding") switch
        {
            [] => isSame ? Same : default,
            [var top, var left, var bottom, var right] when !isSame => new(top, left, bottom, right),
            _ => throw new InvalidDataException($"{settings.Kind}: setting \"padding\" must be four numbers: top, left, bottom, right"),
        };
    }
}

/// <summary>Pictures [height, width, channels] and windows on them.</summary>
internal readonly record struct PictureShape(int Height, int Width, int Channels)
{
    /// <exception cref="ArgumentException">The shape is no picture's.</exception>
    public static PictureShape Of(Shape shape) => shape switch
    {
        { Rank: 3, ElementCount: > 0 } => new(shape[0], shape[1], shape[2]),
        { Rank: 2, ElementCount: > 0 } => new(shape[0], shape[1], 1),
        _ => throw new ArgumentException($"expected pictures [height, width, channels], or [height, width] with one channel, got {shape}", nameof(shape)),
    };

    /// <summary>Floats of a row.</summary>
    public int RowLength => Width * Channels;

    /// <summary>One window on the whole picture.</summary>
    public Compute.PoolShape Whole => new(new(Height, Height), new(Width, Width), Channels);

    /// <summary>How a window moves over the picture.</summary>
    /// <exception cref="ArgumentException">The window is larger than the picture with its zeros.</exception>
    public (Compute.WindowAxis Vertical, Compute.WindowAxis Horizontal) Windows(Size2D size, Size2D stride, Size2D dilation, Padding2D padding)
    {
        Compute.WindowAxis vertical = Axis(Height, size.Height, stride.Height, dilation.Height, padding.Top, padding.Bottom, padding.IsSame);
        Compute.WindowAxis horizontal = Axis(Width, size.Width, stride.Width, dilation.Width, padding.Left, padding.Right, padding.IsSame);
        if (vertical.Output <= 0 || horizontal.Output <= 0)
            throw new ArgumentException(
                $"a window of {vertical.Extent} × {horizontal.Extent} places does not fit into a picture of {Height} × {Width} with its zeros, {vertical.Padded} × {horizontal.Padded}; take a smaller one, or more padding");
        return (vertical, horizontal);
    }

    private static Compute.WindowAxis Axis(int input, int size, int stride, int dilation, int before, int after, bool isSame)
    {
        if (isSame)
        {
            int outputs = (input - 1) / stride + 1;
            int zeros = Math.Max(0, checked((outputs - 1) * stride + dilation * (size - 1) + 1) - input);
            (before, after) = (zeros / 2, zeros - zeros / 2);
        }

        return new(input, size, stride, dilation, before, after);
    }
}
