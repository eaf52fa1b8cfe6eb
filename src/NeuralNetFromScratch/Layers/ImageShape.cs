namespace NeuralNetFromScratch;

/// <summary>A height and a width: of a kernel, a stride or a window. An <see cref="int"/> converts to a square size.</summary>
/// <param name="Height">The number of rows.</param>
/// <param name="Width">The number of columns.</param>
public readonly record struct Size2D(int Height, int Width)
{
    /// <summary>Converts a number to a square size.</summary>
    /// <param name="size">The number of rows and columns.</param>
    public static implicit operator Size2D(int size) => new(size, size);

    /// <summary>Converts a number to a square size.</summary>
    /// <param name="size">The number of rows and columns.</param>
    public static Size2D FromInt32(int size) => size;

    /// <summary>Returns one number if height and width are equal ("3"), otherwise both ("3×5").</summary>
    public override string ToString() => Height == Width ? FormattableString.Invariant($"{Height}") : FormattableString.Invariant($"{Height}×{Width}");

    internal int Area => checked(Height * Width);

    /// <summary>The numbers in a part's settings.</summary>
    internal int[] Numbers => [Height, Width];

    /// <exception cref="ArgumentOutOfRangeException">Height or width is smaller than the bound.</exception>
    internal Size2D AtLeast(int bound, string name) => Height >= bound && Width >= bound
        ? this
        : throw Guard.OutOfRange(name, this, FormattableString.Invariant($"must be at least {bound} in both directions"));

    /// <summary>Reads a size from a part's settings.</summary>
    /// <exception cref="InvalidDataException">The setting is not a pair of numbers.</exception>
    internal static Size2D Read(Settings settings, string name, Size2D otherwise = default) => settings.GetList<int>(name) switch
    {
        [] when otherwise != default => otherwise,
        [var height, var width] => new(height, width),
        _ => throw new InvalidDataException($"{settings.Kind}: setting \"{name}\" must be a height and a width"),
    };
}

/// <summary>
/// The number of zeros on each side of an image before a window moves over it. An <see cref="int"/> converts to the same number on all sides. The
/// default, 0, keeps windows within the image ("valid").
/// </summary>
public readonly record struct Padding2D
{
    /// <summary>Creates a padding with a number of zeros for each side.</summary>
    /// <param name="top">The number of rows above; not negative.</param>
    /// <param name="left">The number of columns to the left; not negative.</param>
    /// <param name="bottom">The number of rows below; not negative.</param>
    /// <param name="right">The number of columns to the right; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is negative.</exception>
    public Padding2D(int top, int left, int bottom, int right)
    {
        Top = Guard.NonNegative(top, nameof(top));
        Left = Guard.NonNegative(left, nameof(left));
        Bottom = Guard.NonNegative(bottom, nameof(bottom));
        Right = Guard.NonNegative(right, nameof(right));
    }

    /// <summary>
    /// The padding with which there are <c>⌈input / stride⌉</c> outputs in each direction. If the number of zeros is odd, the additional one is
    /// at the bottom or right, as in TensorFlow, and as in PyTorch, which supports it only for stride 1.
    /// </summary>
    public static Padding2D Same { get; } = new() { IsSame = true };

    /// <summary>The number of rows above.</summary>
    public int Top { get; }

    /// <summary>The number of columns to the left.</summary>
    public int Left { get; }

    /// <summary>The number of rows below.</summary>
    public int Bottom { get; }

    /// <summary>The number of columns to the right.</summary>
    public int Right { get; }

    /// <summary>Whether this is <see cref="Same"/>, which computes the number of zeros; the four numbers are then 0.</summary>
    public bool IsSame { get; private init; }

    /// <summary>Converts a number to a padding with that number on all sides.</summary>
    /// <param name="zeros">The number of zeros.</param>
    public static implicit operator Padding2D(int zeros) => new(zeros, zeros, zeros, zeros);

    /// <summary>Converts a number to a padding with that number on all sides.</summary>
    /// <param name="zeros">The number of zeros.</param>
    public static Padding2D FromInt32(int zeros) => zeros;

    /// <summary>Adds the padding to a part's settings.</summary>
    internal Settings AddTo(Settings settings) => settings
        .With("samePadding", IsSame, defaultValue: false)
        .WithList<int>("padding", IsSame || this == default ? [] : [Top, Left, Bottom, Right]);

    /// <summary>Reads the padding from a part's settings.</summary>
    /// <exception cref="InvalidDataException">The setting does not have four numbers.</exception>
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

/// <summary>The shape of an image [height, width, channels], and the windows on it.</summary>
internal readonly record struct ImageShape(int Height, int Width, int Channels)
{
    /// <exception cref="ArgumentException">The shape is not that of an image.</exception>
    public static ImageShape Of(Shape shape) => shape switch
    {
        { Rank: 3, ElementCount: > 0 } => new(shape[0], shape[1], shape[2]),
        { Rank: 2, ElementCount: > 0 } => new(shape[0], shape[1], 1),
        _ => throw new ArgumentException($"expected images [height, width, channels], or [height, width] with one channel, got {shape}", nameof(shape)),
    };

    /// <summary>The number of floats of a row.</summary>
    public int RowLength => Width * Channels;

    /// <summary>One window on the whole image.</summary>
    public Compute.PoolShape Whole => new(new(Height, Height), new(Width, Width), Channels);

    /// <summary>Returns the positions of a window on the image.</summary>
    /// <exception cref="ArgumentException">The window is larger than the padded image.</exception>
    public (Compute.WindowAxis Vertical, Compute.WindowAxis Horizontal) Windows(Size2D size, Size2D stride, Size2D dilation, Padding2D padding)
    {
        Compute.WindowAxis vertical = Axis(Height, size.Height, stride.Height, dilation.Height, padding.Top, padding.Bottom, padding.IsSame);
        Compute.WindowAxis horizontal = Axis(Width, size.Width, stride.Width, dilation.Width, padding.Left, padding.Right, padding.IsSame);
        if (vertical.Output <= 0 || horizontal.Output <= 0)
            throw new ArgumentException(
                $"a window of {vertical.Extent} × {horizontal.Extent} does not fit into the padded image of {vertical.Padded} × {horizontal.Padded} ({Height} × {Width} without padding); use a smaller window or more padding");
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
