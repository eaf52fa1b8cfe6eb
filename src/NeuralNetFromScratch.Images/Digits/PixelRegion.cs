namespace NeuralNetFromScratch.Images;

/// <summary>A rectangle of pixels.</summary>
/// <param name="X">The leftmost column.</param>
/// <param name="Y">The topmost row.</param>
/// <param name="Width">The number of columns.</param>
/// <param name="Height">The number of rows.</param>
public readonly record struct PixelRegion(int X, int Y, int Width, int Height)
{
    internal int Right => X + Width;

    internal int Bottom => Y + Height;

    internal int LongSide => Math.Max(Width, Height);

    internal PixelRegion Union(PixelRegion other)
    {
        int x = Math.Min(X, other.X), y = Math.Min(Y, other.Y);
        return new(x, y, Math.Max(Right, other.Right) - x, Math.Max(Bottom, other.Bottom) - y);
    }

    /// <summary>Returns the part within an image of a given size.</summary>
    internal PixelRegion Within(int width, int height)
    {
        int x = Math.Clamp(X, 0, width - 1), y = Math.Clamp(Y, 0, height - 1);
        return new(x, y, Math.Clamp(Right, x + 1, width) - x, Math.Clamp(Bottom, y + 1, height) - y);
    }

    internal PixelRegion Grown(int by) => new(X - by, Y - by, Width + 2 * by, Height + 2 * by);
}
