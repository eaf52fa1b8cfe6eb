using NeuralNetFromScratch.Images;

// A bar in a corner of a white PNG of 40 × 40 pixels.
byte[] png = Convert.FromBase64String(Picture.Base64);
RgbaImage image = RgbaImage.Decode(png);
byte[] digit = new DigitPreprocessor().Preprocess(image);
Console.WriteLine($"images: {image.Width} x {image.Height}; rows with ink: {Enumerable.Range(0, 28).Count(row => digit.AsSpan(row * 28, 28).ContainsAnyExcept((byte)0))}");

internal static class Picture
{
    public const string Base64 = "iVBORw0KGgoAAAANSUhEUgAAACgAAAAoCAAAAACpleexAAAALUlEQVR42mP8z0AcYGIYMIUsEIqRgYHh/2B146jCUYWDSSHj/9HgGVU4eBQCALaPA0+DCAMnAAAAAElFTkSuQmCC";
}
